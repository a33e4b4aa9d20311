// A step of a journey: what a person does and sees. When it fails, each of the people's screens is kept as a picture.
import { test } from "node:test";

// `people`: those whose screens are looked at, asked for at each step.
export const steps = (journey, people, timeout = 120_000) => (name, act) =>
  test(name, { timeout }, async () => {
    try {
      await act();
      for (const person of people()) person.assertQuiet();
    } catch (error) {
      for (const [n, person] of people().entries()) await person?.picture(`${journey}-failed-${n + 1}-${person.name}`);
      throw error;
    }
  });
