#!/usr/bin/env node
import { bootstrap } from "../bootstrap.mjs";

bootstrap("challenger/cli/main.ts", process.argv.slice(2));
