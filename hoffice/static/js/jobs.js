// Follows a job: asks its address every second, shows how far it is, goes to its result.
// <section data-job="/jobs/7.json"> … see templates/ui/job.html for the parts.
const ENDED = new Set(["done", "failed", "cancelled"]);

function follow(box) {
  const bar = box.querySelector("[data-job-bar]");
  const word = box.querySelector("[data-job-word]");
  const count = box.querySelector("[data-job-count]");
  const of = box.querySelector("[data-job-of]").content.textContent;
  const result = box.querySelector("[data-job-result]");
  const error = box.querySelector("[data-job-error]");
  const words = { ...box.dataset };
  const wordOf = (state) => words[`word${state[0].toUpperCase()}${state.slice(1)}`] ?? state;
  let pause = 1000;

  const show = (told) => {
    box.dataset.state = told.state;
    const text = told.words || wordOf(told.state);
    if (word.textContent !== text) word.textContent = text;
    if (told.total) {
      bar.max = told.total;
      bar.value = told.done;
      count.textContent = of.replace("{done}", told.done).replace("{total}", told.total);
    }
    if (!ENDED.has(told.state)) return;
    box.querySelector("[data-job-cancel]")?.remove();
    if (told.state === "done") {
      if (!told.total) bar.max = bar.value = 1;
      if (told.result) {
        result.href = told.result;
        result.hidden = false;
        location.assign(told.result);
      }
    } else if (told.state === "failed" && told.error) {
      error.textContent = told.error;
      error.hidden = false;
    }
  };

  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      pause = document.hidden ? 5000 : 1000;
      show(told);
      if (ENDED.has(told.state)) return;
    } catch {
      word.textContent = words.wordOffline;
      pause = Math.min(pause * 2, 15000);
    }
    setTimeout(ask, pause);
  };
  if (!ENDED.has(box.dataset.state)) ask();
}

for (const box of document.querySelectorAll("[data-job]")) follow(box);
