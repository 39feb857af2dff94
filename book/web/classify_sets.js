// The rounds that can be played, and the answers as a file in the form of Zooniverse's exports.
"use strict";
window.SecondSight ??= {};

{
  const S = window.SecondSight;
  const TASK = "T0";
  const VERSION = "1.1";

  /** `workflow` is a set's number in the file; `unsure` whether one may say "I can't tell"; `key` what
   * the parts of a picture are; `ask` the name of its questions on the page "Ask it yourself". Of real
   * galaxies nobody knows the truth: volunteers' majority stands in its place, and `prompt` is one of
   * their questions. */
  S.SETS = [
    { name: "morphology", workflow: 1, dataset: "morphology", ask: "morphology-256", question: "What shape is this galaxy?", unsure: false,
      hints: ["smooth, nearly a circle", "smooth and long; no bulge, no dark line", "a disc from its side: a dark line, or a bulge", "arms or patches"] },
    { name: "lsbg", workflow: 2, dataset: "lsbg", ask: "lsbg", question: "Is there a faint, diffuse galaxy at the centre?", unsure: true,
      hints: ["no: a star’s halo, wisps, small sources", "yes: a low-surface-brightness galaxy"] },
    { name: "dwarfs", workflow: 3, dataset: "dwarfs-repeated", ask: "dwarfs", question: "Does this sheet show a dwarf galaxy?", unsure: true,
      key: "Left: a map of the stars that fit a dwarf’s age, below it one of galaxies. Middle: the sky at the centre, below it how the stars thin out from there. Right: colour and brightness of the stars around the centre, with the line that a dwarf’s stars follow.",
      hints: ["chance, a cluster, far galaxies", "one peak in the map of stars, none in that of galaxies"] },
    { name: "radio", workflow: 4, dataset: "radio", ask: "radio", question: "Where is this radio galaxy brightest?", unsure: true,
      hints: ["near its middle", "at its outer ends"] },
    { name: "real", workflow: 5, dataset: "aion-search", title: "Real galaxies, smooth or with features", prompt: "smooth-or-featured",
      question: "What does this galaxy look like at its centre?", unsure: false,
      hints: ["no galaxy: a star, a streak, an error", "a disc, arms, a bar or a dark lane", "round or oval, without structure"] },
  ];
  S.UNSURE = "can't tell";

  const field = (value) => `"${String(value).replaceAll('"', '""')}"`;
  const time = (at) => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;

  /** One galaxy's line. @param {any} round @param {number} at Its place in the round. */
  const line = (round, at) => {
    const { set, seed, rows, names, times, title } = round, row = rows[at], id = row + 1;
    const earlier = times.filter((other) => other < times[at]); // a corrected answer is later than its place
    const started = new Date(Math.max(round.started, ...earlier)).toISOString();
    const finished = new Date(times[at]).toISOString();
    const metadata = { source: "secondsight", set: set.name, seed, started_at: started, finished_at: finished };
    const annotations = [{ task: TASK, task_label: set.question, value: names[round.answers[at]] }];
    const subject = { [id]: { retired: null, Filename: `${round.ids[at]}.png`, sky: round.view.real ? "real" : "simulated" } };
    return {
      classification_id: round.number + at,
      user_name: round.player,
      user_id: "",
      user_ip: "",
      workflow_id: set.workflow,
      workflow_name: title,
      workflow_version: VERSION,
      created_at: time(times[at]),
      gold_standard: "",
      expert: "",
      metadata: JSON.stringify(metadata),
      annotations: JSON.stringify(annotations),
      subject_data: JSON.stringify(subject),
      subject_ids: id,
    };
  };

  /** A round's answers as a classification export of Zooniverse. @param {any} round */
  S.asExport = (round) => {
    const lines = round.rows.map((_, at) => line(round, at));
    const head = Object.keys(lines[0]);
    return [head.join(","), ...lines.map((own) => head.map((name) => (own[name] === "" ? "" : field(own[name]))).join(","))].join("\n") + "\n";
  };
}
