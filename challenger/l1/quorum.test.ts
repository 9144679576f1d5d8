import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpRequestError, type PublicClient } from "viem";
import { agree, type Ballot, EndpointsDisagree, enough } from "./quorum.ts";

/** What a quorum decides, and when. */

type Answer = string | Error | Promise<string>;

/** Asks endpoints that answer so, the first of them named "endpoint 1". */
function askThem(quorum: number, answers: readonly Answer[], onBallot?: (ballot: Ballot) => void): Promise<string> {
  const clients = answers.map((_, i) => ({ name: `endpoint ${i + 1}` }) as PublicClient);
  return agree({
    clients,
    quorum,
    what: "the weather",
    ask: async (client) => {
      const answer = answers[clients.indexOf(client)] as Answer;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    digestOf: (answer) => answer,
    ...(onBallot && { onBallot }),
  });
}

const never = new Promise<string>(() => undefined);
const down = new HttpRequestError({ url: "http://host/" });

test("enough endpoints that agree are waited for, and no more", async () => {
  assert.equal(await askThem(2, [never, "rain", "rain"]), "rain");
  assert.equal(await askThem(2, [new Error("refused"), "rain", "rain"]), "rain");
  assert.equal(await askThem(2, ["sun", "rain", "rain"]), "rain");
  assert.equal(await askThem(1, [never, "rain"]), "rain");
});

test("no quorum is waited for that cannot be reached any more, and the reason is told", async () => {
  await assert.rejects(askThem(2, ["rain", "sun"]), (error: Error) => {
    assert.ok(error instanceof EndpointsDisagree);
    assert.match(error.message, /the weather: 2 different answers.*endpoint 1 \| endpoint 2.*no 2 agree/);
    return true;
  });
  await assert.rejects(askThem(3, [never, "rain", new Error("refused")]), /refused/);
  // That somebody is down says less than what somebody else refuses.
  await assert.rejects(askThem(3, [down, new Error("refused"), "rain"]), /refused/);
  await assert.rejects(enough([Promise.resolve(), Promise.reject(new Error("refused"))], 2), /refused/);
  await enough([never, Promise.resolve(), Promise.resolve()], 2);
});

test("each endpoint's vote is told once the quorum has decided, late ones too", async () => {
  const ballots: [string | undefined, string][] = [];
  let answerLate: (answer: string) => void = () => undefined;
  const late = new Promise<string>((resolve) => {
    answerLate = resolve;
  });
  await askThem(2, ["sun", new Error("refused"), "rain", "rain", late], ({ client, says }) =>
    ballots.push([client.name, says]),
  );
  answerLate("sun");
  await late;
  await new Promise(setImmediate);
  assert.deepEqual(ballots.sort(), [
    ["endpoint 1", "otherwise"],
    ["endpoint 2", "nothing"],
    ["endpoint 3", "the same"],
    ["endpoint 4", "the same"],
    ["endpoint 5", "otherwise"],
  ]);
});
