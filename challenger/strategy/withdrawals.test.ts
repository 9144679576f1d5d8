import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Account, dueWithdrawal, stakeable } from "./withdrawals.ts";

const account: Account = { credit: 0n, waiting: 0n, payableAt: 0, heldAmount: 0n, heldUntil: 0 };

describe("money owed", () => {
  it("is unlocked, then withdrawn when its time has come", () => {
    assert.equal(dueWithdrawal(account, 100), undefined);
    assert.equal(dueWithdrawal({ ...account, credit: 5n }, 100), "unlock");
    const waiting = { ...account, credit: 5n, waiting: 5n };
    assert.equal(dueWithdrawal({ ...waiting, payableAt: 101 }, 100), undefined);
    assert.equal(dueWithdrawal({ ...waiting, payableAt: 100 }, 100), "withdraw");
  });

  it("is not made to wait again by unlocking more, nor asked for while it is held", () => {
    const more = { ...account, credit: 14n, waiting: 5n };
    assert.equal(dueWithdrawal({ ...more, payableAt: 101 }, 100), undefined);
    assert.equal(dueWithdrawal({ ...more, payableAt: 100 }, 100), "withdraw");
    assert.equal(dueWithdrawal({ ...more, payableAt: 100, heldUntil: 101 }, 100), undefined);
  });

  it("can be staked while it waits, but not what is held", () => {
    assert.equal(stakeable({ ...account, credit: 14n, waiting: 14n, payableAt: 900 }), 14n);
    assert.equal(stakeable({ ...account, credit: 14n, heldAmount: 10n, heldUntil: 900 }), 4n);
    assert.equal(stakeable({ ...account, credit: 3n, heldAmount: 10n, heldUntil: 900 }), 0n);
  });
});
