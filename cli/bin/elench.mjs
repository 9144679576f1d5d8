#!/usr/bin/env node
import { bootstrap } from "../../bootstrap.mjs";

bootstrap("cli/main.ts", process.argv.slice(2));
