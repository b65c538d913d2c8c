import { html, nothing } from "lit-html";
import type { Domain, Evaluation, Manifest, OperatingPoint } from "../contract/manifest.ts";
import { outOfHundred, wholeNumber } from "../i18n/numbers.ts";
import type { Say } from "./say.ts";

/** How often the network was right at this operating point, on the answer's kind of picture, or on all where it has none. */
export function measured(say: Say, manifest: Manifest, point: OperatingPoint, domain: Domain | null) {
  const { result } = say.words;
  const tests = testsAt(manifest, point, domain);
  const wanted = domain ?? "phone";
  return html`
    ${tests.some((test) => test.domain === wanted) ? nothing : html`<p class="firm">${result.notMeasured[wanted]}</p>`}
    ${tests.map((test) => oneTest(say, test))}
    <p class="quietly">${result.skinTones}</p>`;
}

type Test = Evaluation & Evaluation["operating_results"][number];

/** The network's test evaluations of one domain, or of all, phone photos first, that hold a result for the point. */
export function testsAt(manifest: Manifest, point: OperatingPoint, domain: Domain | null): Test[] {
  return manifest.evaluations
    .filter((it) => it.part === "test" && it.model === "network" && (domain === null || it.domain === domain))
    .flatMap((evaluation) =>
      evaluation.operating_results
        .filter(({ operating_point }) => operating_point === point.name)
        .map((outcome) => ({ ...evaluation, ...outcome })),
    )
    .sort((a, b) => Number(b.domain === "phone") - Number(a.domain === "phone"));
}

function oneTest({ words: { result }, language }: Say, test: Test) {
  const { sensitivity, specificity } = test;
  const kind = test.domain === "phone" ? result.phonePhotos : result.dermoscopicPhotos;
  const [images, malignant] = [wholeNumber(test.images, language), wholeNumber(test.malignant_images, language)];
  const low = outOfHundred(sensitivity.low);
  const spared = [specificity.value, specificity.low, specificity.high].map(outOfHundred) as [string, string, string];
  return html`
    <div class="test" data-domain=${test.domain}>
      <p>${result.measured(images, kind, malignant)}</p>
      <ul>
        <li>${result.found(outOfHundred(sensitivity.value), low, outOfHundred(sensitivity.high))}</li>
        <li>${result.spared(...spared)}</li>
        <li>${result.calibration(outOfHundred(test.calibration_error))}</li>
      </ul>
    </div>`;
}
