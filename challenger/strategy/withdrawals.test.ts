import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Account, dueWithdrawal } from "./withdrawals.ts";

const account: Account = { credit: 0n, unlocked: 0n, payableAt: 0, held: false };

describe("money owed", () => {
  it("is unlocked, then withdrawn when its time has come", () => {
    assert.equal(dueWithdrawal(account, 100), undefined);
    assert.equal(dueWithdrawal({ ...account, credit: 5n }, 100), "unlock");
    assert.equal(dueWithdrawal({ ...account, unlocked: 5n, payableAt: 101 }, 100), undefined);
    assert.equal(dueWithdrawal({ ...account, unlocked: 5n, payableAt: 100 }, 100), "withdraw");
  });

  it("is not made to wait again by unlocking more, nor asked for while it is held", () => {
    assert.equal(dueWithdrawal({ ...account, credit: 9n, unlocked: 5n, payableAt: 101 }, 100), undefined);
    assert.equal(dueWithdrawal({ ...account, credit: 9n, unlocked: 5n, payableAt: 100 }, 100), "withdraw");
    assert.equal(dueWithdrawal({ ...account, unlocked: 5n, payableAt: 100, held: true }, 100), undefined);
  });
});
