import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account } from "../strategy/withdrawals.ts";
import { Purse } from "./purse.ts";

const account = (credit: bigint, heldAmount = 0n): Account => ({
  credit,
  waiting: credit,
  payableAt: 0,
  heldAmount,
  heldUntil: 0,
});
const bonded = (key: string, value = 10n) => ({ key, to: "0x", data: "0x", value }) as const;
const nothing = () => false;

test("credit pays before ether, also while it waits; what is missing stays the value", () => {
  const purse = new Purse();
  purse.open(account(15n), nothing);
  assert.deepEqual(
    ["a", "b", "c"].map((key) => purse.pay(bonded(key)).value),
    [0n, 5n, 10n],
  );
});

test("held credit is not staked", () => {
  const purse = new Purse();
  purse.open(account(15n, 12n), nothing);
  assert.equal(purse.pay(bonded("a")).value, 7n);
});

test("credit that a pending transaction stakes is not counted again; once it is in a block, the account says what is left", () => {
  const purse = new Purse();
  purse.open(account(15n), nothing);
  purse.pay(bonded("a"));
  purse.open(account(15n), (key) => key === "a");
  assert.equal(purse.pay(bonded("b")).value, 5n);
  purse.open(account(20n), nothing);
  assert.equal(purse.pay(bonded("c")).value, 0n);
});

test("an action that is paid again while it is pending stakes the same credit, and none of it is free", () => {
  const purse = new Purse();
  purse.open(account(15n), nothing);
  purse.pay(bonded("a"));
  const isPending = (key: string) => key === "a";
  purse.open(account(15n), isPending);
  assert.equal(purse.pay(bonded("a")).value, 0n);
  purse.open(account(15n), isPending);
  assert.equal(purse.pay(bonded("b")).value, 5n);
});

test("a pending withdrawal takes the credit before a later transaction could stake it", () => {
  const purse = new Purse();
  purse.open(account(15n), (key) => key === "withdraw");
  assert.equal(purse.pay(bonded("a")).value, 10n);
});

test("an action that is refused gives its credit back", () => {
  const purse = new Purse();
  purse.open(account(10n), nothing);
  purse.keep(purse.pay(bonded("a")));
  assert.equal(purse.pay(bonded("b")).value, 0n);
});

test("an account that is not known pays in ether", () => {
  const purse = new Purse();
  purse.open(account(10n), nothing);
  purse.close();
  assert.equal(purse.pay(bonded("a")).value, 10n);
});
