import { describe, expect, test } from "vitest";
import type { Datatype } from "../../src/contract/datatype.ts";
import { ContractError } from "../../src/contract/manifest.ts";
import { decodeProblem, decodeReply, encodeRequest, LENGTH_HEADER } from "../../src/contract/wire.ts";
import { goldenBytes, goldenJson } from "../golden.ts";

interface RequestCase {
  name: string;
  id: string;
  datatype: Datatype;
  shape: number[];
  features: string;
  body: string;
  headers: Record<string, string>;
}
interface ReplyCase {
  name: string;
  body: string;
  headers: Record<string, string>;
}

const golden = goldenJson<{ requests: RequestCase[]; replies: ReplyCase[] }>("wire/cases.json");
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("requests", () => {
  test.each(golden.requests)("$name is encoded to the golden bytes", (it) => {
    const bytes = goldenBytes(`wire/${it.features}`);
    const request = encodeRequest([{ name: "features", shape: it.shape, datatype: it.datatype, bytes }], it.id);
    expect(request.headers).toEqual(it.headers);
    expect(Buffer.from(request.body).toString("latin1")).toBe(
      Buffer.from(goldenBytes(`wire/${it.body}`)).toString("latin1"),
    );
  });

  test("an id is left out where there is none", () => {
    const bytes = new Uint8Array([1, 2]);
    const { body, headers } = encodeRequest([{ name: "features", shape: [1, 2], datatype: "UINT8", bytes }]);
    const header = new TextDecoder().decode(body.subarray(0, Number(headers[LENGTH_HEADER])));
    expect(Object.keys(JSON.parse(header))).toEqual(["inputs"]);
    expect([...body.subarray(-2)]).toEqual([1, 2]);
  });
});

test("several tensors lie behind the JSON in the order in which it names them", () => {
  const features = { name: "features", shape: [1, 3], datatype: "UINT8", bytes: new Uint8Array([1, 2, 3]) } as const;
  const metadata = {
    name: "metadata",
    shape: [1, 1],
    datatype: "FP32",
    bytes: new Uint8Array([0, 0, 128, 63]),
  } as const;
  const { body, headers } = encodeRequest([features, metadata]);
  const length = Number(headers[LENGTH_HEADER]);
  expect(JSON.parse(new TextDecoder().decode(body.subarray(0, length)))).toEqual({
    inputs: [
      { name: "features", shape: [1, 3], datatype: "UINT8", parameters: { binary_data_size: 3 } },
      { name: "metadata", shape: [1, 1], datatype: "FP32", parameters: { binary_data_size: 4 } },
    ],
  });
  expect([...body.subarray(length)]).toEqual([1, 2, 3, 0, 0, 128, 63]);
});

describe("replies", () => {
  test.each(golden.replies)("$name is decoded", ({ body, headers }) => {
    const length = headers[LENGTH_HEADER];
    const reply = decodeReply(goldenBytes(`wire/${body}`), length === undefined ? null : Number(length));
    expect(reply.modelName).toBe("mole");
    expect(reply.modelVersion).toBe("0123456789abcdef");
    expect(reply.parameters.tail_ms).toBe(20.5);
    expect(reply.outputs).toEqual([
      { name: "probabilities", datatype: "FP32", shape: [1, 2], data: [0.75, 0.25] },
      { name: "labels", datatype: "BYTES", shape: [2], data: ["benign", "malignant"] },
      { name: "decisions", datatype: "BYTES", shape: [1], data: ["suspicious"] },
    ]);
  });

  test.each([...Array(32).keys()])("the binary reply cut %i bytes short is refused", (missing) => {
    const whole = goldenBytes("wire/binary.reply.bin");
    const length = Number(golden.replies.find(({ name }) => name === "binary")?.headers[LENGTH_HEADER]);
    expect(() => decodeReply(whole.subarray(0, whole.length - missing - 1), length)).toThrow(ContractError);
  });

  test("what is no reply is refused", () => {
    const output = { name: "probabilities", datatype: "FP32", shape: [1, 2], data: [0.5] };
    const named = { model_name: "mole", model_version: "1" };
    expect(() => decodeReply(new TextEncoder().encode("<html>"), null)).toThrow("Expected JSON");
    expect(() => decodeReply(json({}), null)).toThrow(ContractError);
    expect(() => decodeReply(json({ ...named, outputs: [output] }), null)).toThrow("what its shape says");
    expect(() => decodeReply(json({ ...named, outputs: [] }), 1e6)).toThrow("header length");
    expect(() => decodeReply(new Uint8Array([...json({ ...named, outputs: [] }), 7]), 52)).toThrow(ContractError);
  });
});

describe("problems", () => {
  test("are read with the current bundle", () => {
    const problem = { title: "Unknown bundle id", status: 404, detail: "It is gone.", code: "unknown_version" };
    expect(decodeProblem(json({ ...problem, current: "fedcba9876543210", type: "about:blank" }))).toEqual({
      ...problem,
      current: "fedcba9876543210",
    });
  });

  test("anything else is none", () => {
    expect(decodeProblem(new TextEncoder().encode("<html>502</html>"))).toBeNull();
    expect(decodeProblem(json({ message: "no" }))).toBeNull();
  });
});
