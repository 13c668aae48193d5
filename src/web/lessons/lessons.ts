// The lessons, in their order: texts and questions only. docs/teaching.md goes through them with a class.

import { firstBelow, type Lesson, letterOf, lettersWhere, nth } from "./lesson.ts";

const TWELVE = "input=hello+world%21&target=ello+world%21h"; // letters, and the first again
const LETTERS = "#network .reads, #network .states, #network .bars";
const BACK = "#network .norm.last, #network .way, #error-plot";

export const LESSONS: readonly Lesson[] = [
  {
    name: "by-hand",
    title: "One step by hand",
    steps: [
      {
        run: "",
        after: 0,
        says: "The network reads “hell” letter by letter. At each it mixes the letter with its strip of ten numbers, which is its memory, and guesses the next letter: the bars. It has learned nothing yet, so all its bars are alike.",
        lit: LETTERS,
        asks: "Where should it say “o”? Choose that letter.",
        answer: nth("#network .time", -1),
        because: "After “hell” comes “o”: it is the target of the fourth letter.",
        hint: "The target stands below the bars. Look for “o”.",
      },
      {
        run: "",
        after: 40,
        says: "After 40 training steps some bars have grown. The outlined bar is the target's, and the loss is −log of it: certain and right is 0, and one guess among four is log 4 = 1.39.",
        lit: "#network .bars, #network .loss",
        asks: "At which letter is the loss largest?",
        answer: letterOf("largest", ({ losses }) => losses),
        because:
          "Its target has the smallest bar, so −log of it is the largest. Training lowers the mean of all four.",
        hint: "Compare the numbers behind “loss”: the smallest outlined bar has the largest.",
      },
      {
        run: "",
        after: 40,
        says: "A training step moves every weight a little against its gradient, so that the loss falls. Press “Play the step” to see the next one letter by letter.",
        lit: "#network .says, #network .wants, .walk",
        asks: "Which letter does it still guess wrong?",
        answer: lettersWhere(({ predictions, targets }, t) => predictions[t] !== targets[t]),
        because: "It says “l” after the second “l”, too. To tell the two apart it has to remember.",
        hint: "Compare what it says with the target below.",
      },
    ],
  },
  {
    name: "memory",
    title: "Why are the two l's different?",
    steps: [
      {
        run: "",
        after: 300,
        says: "It reads “l” twice. After the first it says “l”, after the second “o”, and it is right both times.",
        lit: LETTERS,
        asks: "At the last letter, which part is what tells this “l” from the one before?",
        answer: nth("#network .time:last-child :is(.reads, .states, .bars)", 1),
        because:
          "The letter is the same; the strip is not. It says what came before, and the bars are made of it.",
        hint: "Compare the third letter with the fourth: what goes into the bars is different.",
      },
      {
        run: "",
        after: 300,
        says: "A strip is made of two things: the letter that is read, and the strip before it. That is all that makes the network recurrent.",
        lit: "#network .states",
        asks: "Out of which strip does the second “l” grow?",
        answer: nth("#network .time .states", 2),
        because:
          "Out of the third, which grew out of the second and that out of the first: so the fourth knows of all of them.",
        hint: "The arrow that ends at the last strip says where it comes from.",
      },
      {
        run: "",
        after: 300,
        says: "All that it has learned is in its weights. One matrix takes letters to strips, one takes a strip to the next, one takes strips to bars.",
        lit: "#weights .tensor",
        asks: "Which matrix carries the memory from letter to letter?",
        answer: { among: "#weights .tensor", right: () => [2] },
        because:
          "Whh: the strip before, times Whh, is a part of the strip now. Without it the two l's would be the same.",
        hint: "The arrows between the strips have its name.",
      },
    ],
  },
  {
    name: "error",
    title: "The error goes back",
    steps: [
      {
        run: "",
        after: 20,
        says: "To learn, each weight must know how the loss changes with it. That is found from the end: the last letter's loss says how its bars, and so its strip, should have been. Press “Play the step” and watch the second half.",
        lit: ".walk, #network .states",
        asks: "At which letter does the way back begin?",
        answer: nth("#network .time", -1),
        because:
          "At the last: nothing comes after it, so only its own loss counts there. This is backpropagation through time.",
        hint: "Back means against the arrows.",
      },
      {
        run: "",
        after: 20,
        says: "From strip to strip the error goes back the way the memory came: through Whh, and through the tanh, whose slope is 1 − h². Below each grey bar stands what the two together multiplied it by.",
        lit: BACK,
        asks: "Which letter gets least of the last letter's error?",
        answer: letterOf("smallest", ({ lastNorms }) => lastNorms),
        because:
          "The first: the error was multiplied at every arrow on the way, each time by less than 1.",
        hint: "The grey bars show how much of it arrives.",
      },
      {
        run: "",
        after: 20,
        says: "Every letter has a loss of its own and sends its error back; the orange bar is the sum that arrives at a strip. A weight's gradient is this error times what went into the weight, added up over the letters.",
        lit: "#network .norm:not(.last)",
        asks: "Which letter sees the largest error of all?",
        answer: letterOf("largest", ({ stateNorms }) => stateNorms),
        because: "There its own loss's error and what is left of the later ones' come to most.",
        hint: "Compare the numbers |∂L/∂h| above the orange bars.",
      },
    ],
  },
  {
    name: "vanishing",
    title: "It vanishes",
    steps: [
      {
        run: `${TWELVE}&recurrentRadius=0.7`,
        after: 0,
        says: "Twelve letters now. Whh was scaled so that its spectral radius is 0.7: passing through it again and again multiplies a strip, or an error, by about 0.7 each time.",
        lit: BACK,
        asks: "Which letter gets least of the last letter's error?",
        answer: letterOf("smallest", ({ lastNorms }) => lastNorms),
        because: "The first. 0.7 to the power of 11 is 0.02: about so much of the error is left.",
        hint: "The curve falls with every letter back.",
      },
      {
        run: TWELVE,
        after: 0,
        says: "With the usual small first weights Whh has a radius of 0.03, and the error falls to 10⁻¹⁸. So a mistake at the last letter changes nothing in how the first is remembered.",
        lit: BACK,
        asks: "Going back from the last letter, where is less than a hundredth of its error left for the first time?",
        answer: firstBelow(1e-2),
        because:
          "Two letters back already. What came earlier is not learned from: the network cannot see that it mattered.",
        hint: "Divide the last letter's number at its grey bar by 100; then go left, letter by letter.",
      },
      {
        run: `${TWELVE}&recurrentRadius=0.7`,
        after: 0,
        says: "Between vanishing and exploding there is a narrow way on which the error keeps its size. Move the radius of Whh and watch the curve.",
        lit: "#error-plot, #radius-choice",
        asks: "Move the slider until the curve is about level.",
        answer: { slider: "#radius", accepts: (radius) => radius >= 0.85 && radius <= 1.2 },
        because:
          "Near 1: what the weights take away and give is in balance. Training moves them off it, which is why gates were invented (lesson 6).",
        hint: "If it falls to the right, the radius is too small; if it rises, too large.",
      },
    ],
  },
  {
    name: "exploding",
    title: "It explodes, and clipping",
    steps: [
      {
        run: `${TWELVE}&recurrentRadius=1.5`,
        after: 0,
        says: "Radius 1.5: the error grows on its way back, letter by letter. Only where a strip comes near −1 or 1, as at the last letters, is 1 − h² small and slows it down.",
        lit: BACK,
        asks: "Which letter gets most of the last letter's error?",
        answer: letterOf("largest", ({ lastNorms }) => lastNorms),
        because:
          "One that is far from it: at the first letter it is more than ten times what it was at the last.",
        hint: "Look for the highest point of the curve, and count the letters back.",
      },
      {
        run: `${TWELVE}&recurrentRadius=2&clipValue=0`,
        after: 0,
        says: "The radius is 2 now. A weight's gradient adds up the errors of all letters, the orange bars: where these have exploded, one step would throw the weights far away, and what was learned before would be lost.",
        lit: "#network .norm:not(.last)",
        asks: "At which letter has the error become largest?",
        answer: letterOf("largest", ({ stateNorms }) => stateNorms),
        because:
          "There most of the later letters' errors have come together, each grown on its way.",
        hint: "Compare the numbers above the orange bars.",
      },
      {
        run: `${TWELVE}&recurrentRadius=2&clipValue=0&clipNorm=1`,
        after: 0,
        says: "Clipping is the remedy: where the norm of all gradients together is above a bound, here 1, all are made smaller by one factor. The direction of the step stays.",
        lit: "#clipping",
        asks: "Which part says by how much it was made smaller?",
        answer: nth("#network .time:last-child .loss, #clipping, #error-plot-said", 1),
        because: "“gradients × …” is that factor. Without clipping it would be 1.",
        hint: "Look for a line that names the gradient norm.",
      },
    ],
  },
  {
    name: "gates",
    title: "Gates: why an LSTM forgets less",
    steps: [
      {
        run: "cell=lstm&forgetBias=2",
        after: 0,
        says: "An LSTM has a second strip, c. On its way to the next letter it is only multiplied by the forget gate f, a number from 0 to 1, and added to; it never goes through Whh.",
        lit: "#network .road, #network .states",
        asks: "Which part is this straight road?",
        answer: nth("#network .time:nth-child(2) :is(.road, .states, .bars)", 0),
        because: "The line above the strips. “× f” on it is the mean of the forget gate.",
        hint: "It runs from the first letter to the last without an arrow.",
      },
      {
        run: "input=hello%21&target=ello%21h&cell=lstm&forgetBias=5",
        after: 0,
        says: "On the way back the road multiplies the error by f alone. With f near 1 the error in c keeps its size over all letters, however small Whh is; and the network can learn what f is to be.",
        lit: "#network .road, #error-plot",
        asks: "Which part shows that the error in c keeps its size?",
        answer: nth(
          "#network .time:first-child .norm:not(.last), #network .time:last-child .bars, #error-plot",
          -1,
        ),
        because:
          "The curve is level from the last letter to the first. In lesson 4 it fell to 10⁻¹⁸ with the same small weights.",
        hint: "Look for a picture with a place for every letter.",
      },
      {
        run: "text=recall",
        after: Number.POSITIVE_INFINITY,
        press: "contrast-cell",
        says: "A task that needs memory: at the start of a line there is a letter, and at its end it must be said again. First a tanh network learns it, then an LSTM, on the same axes; it takes half a minute.",
        lit: "#distances-panel, #curves-panel",
        asks: "Which panel shows how far back each of them remembers?",
        answer: nth("#distances-panel, #curves-panel", 0),
        because:
          "Accuracy by distance: tanh is near chance, the LSTM answers over the whole line. The gates keep the error, and so the letter.",
        hint: "One shows right answers by distance, the other the loss.",
      },
    ],
  },
  {
    name: "by-heart",
    title: "Learning by heart",
    steps: [
      {
        run: "text=story",
        after: Number.POSITIVE_INFINITY,
        says: "It trains on a short story, and the end of the story is kept from it. Learning the rest by heart does not help there.",
        lit: ".readings, #curves-panel",
        asks: "Which reading is of text that it never trained on?",
        answer: nth(".toolbar .readings > div:not([hidden])", 2),
        because:
          "Validation: its loss on the end of the story, where it can only use what is true of the language.",
        hint: "The loss is of the text that it learns.",
      },
      {
        run: "text=story",
        after: Number.POSITIVE_INFINITY,
        says: "At first both curves fall. Then the loss goes on falling while validation turns and rises: from there on it learns the story by heart.",
        lit: "#curves-panel",
        asks: "Which curve says when to stop?",
        answer: nth("#show-loss, #show-validation", 1),
        because:
          "Validation: at its lowest point the network knows most that is of use elsewhere. “Patience” in the settings stops there by itself.",
        hint: "The other one falls for as long as one likes.",
      },
    ],
  },
  {
    name: "temperature",
    title: "Writing, and temperature",
    steps: [
      {
        run: "text=words",
        after: Number.POSITIVE_INFINITY,
        says: "It writes by drawing a letter from its bars, reading it, and drawing the next. The temperature makes the bars flatter or sharper before the draw.",
        lit: "#writing-panel",
        asks: "Which control makes it dare more?",
        answer: nth("#prime, #length, #temperature, #writing-seed", 2),
        because: "At temperature 2 rare letters come often; at 0 it always takes the likeliest.",
        hint: "The seed changes the draw, not how daring it is.",
      },
      {
        run: "text=words",
        after: Number.POSITIVE_INFINITY,
        says: "Without chance, a network that has come to the same strip goes on in the same way for ever.",
        lit: "#writing-panel",
        asks: "Move the temperature to where nothing is left to chance.",
        answer: { slider: "#temperature", accepts: (temperature) => temperature === 0 },
        because: "At 0 it repeats itself soon. Between 0.5 and 1 most texts read best.",
        hint: "The lower it is, the more the likeliest letter wins.",
      },
    ],
  },
];
