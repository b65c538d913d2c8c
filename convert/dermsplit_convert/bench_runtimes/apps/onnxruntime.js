/** onnxruntime-web, as its own documentation has it: a bundle for each back end, and threads where the page is isolated. */

export async function loadHead({ backend, threads, model }) {
  const ort = backend === "webgpu" ? await import("onnxruntime-web/webgpu") : await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(model, { executionProviders: [backend] });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return async (values, size) => {
    const picture = new ort.Tensor("float32", values, [1, size, size, 3]);
    const features = (await session.run({ [input]: picture }))[output];
    try {
      return Float32Array.from(await features.getData());
    } finally {
      picture.dispose();
      features.dispose();
    }
  };
}
