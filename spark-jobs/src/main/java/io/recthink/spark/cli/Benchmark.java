package io.recthink.spark.cli;

import io.recthink.Seeds;
import io.recthink.generate.Completion;
import io.recthink.generate.Generation;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.SamplingOptions;
import io.recthink.learn.AdamW;
import io.recthink.learn.GradientComputation;
import io.recthink.learn.Group;
import io.recthink.learn.LearningCompletion;
import io.recthink.learn.Objective;
import io.recthink.learn.OptimizerSettings;
import io.recthink.learn.ParameterVector;
import io.recthink.learn.Reduction;
import io.recthink.learn.Schedule;
import io.recthink.model.Decoder;
import io.recthink.model.ModelTokenizer;
import io.recthink.model.ParameterReader;
import io.recthink.progress.Progress;
import io.recthink.spark.training.Stopwatch;
import io.recthink.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Measures a model for {@code benchmark}. Each kind of work runs once as a warm-up before the measurement. The warm-up
 * of decoding and of the group gradient computes at most {@value #WARM_UP_TOKENS} tokens of a completion. The prompts
 * of training steps are random words. All other prompts are random tokens.
 */
final class Benchmark {
    private static final int WARM_UP_TOKENS = 8;
    private static final int READINGS = 3;
    private static final int PARTS = 5;
    private static final double CLIP_LOW = 0.2;
    private static final double CLIP_HIGH = 0.28;
    // Large enough to be an update, too small to change the samples of the next step by much.
    private static final double LEARNING_RATE = 1e-6;
    private static final List<String> WORDS = List.of(
            " a",
            " good",
            " tuner",
            " for",
            " beginners",
            " but",
            " the",
            " strings",
            " went",
            " dull",
            " and",
            " broke");

    private final Decoder decoder;
    private final ModelTokenizer tokenizer;
    private final Generator generator;
    private final ParameterReader start;
    private final Work work;
    private final Random random = new Random(1);

    /** @param start the parameters of the decoder in FP32, from which the optimizer starts */
    Benchmark(Decoder decoder, ParameterReader start, ModelTokenizer tokenizer, Work work) {
        this.decoder = decoder;
        this.start = start;
        this.tokenizer = tokenizer;
        this.generator = new Generator(decoder, tokenizer);
        this.work = work;
    }

    /**
     * The size of the work.
     *
     * @param prompt tokens of a prompt
     * @param completion tokens of a completion; with {@code natural} the largest number of tokens
     * @param group completions of a prompt
     * @param groups prompts of a training step
     * @param maxRows completions that a training step generates at the same time
     * @param natural whether the completions of a training step end where the model ends them
     * @param recompute see {@link GradientComputation}
     */
    record Work(int prompt, int completion, int group, int groups, int maxRows, boolean natural, boolean recompute) {}

    /** Measures prefill, decoding of 1, 8 and 32 rows, and the gradient of one group, each alone. */
    List<Measurement> parts() {
        Progress progress = new Progress("benchmark", 0, PARTS);
        List<Measurement> measurements = new ArrayList<>();
        add(measurements, prefill(), progress);
        for (int rows : new int[] {1, 8, 32}) {
            add(measurements, decode(rows), progress);
        }
        add(measurements, gradient(), progress);
        return measurements;
    }

    /** Measures {@code count} training steps and the parts of each step. One more step before them is not counted. */
    List<Measurement> steps(int count) {
        Progress progress = new Progress("benchmark", 0, count + 1L);
        AdamW optimizer = AdamW.start(
                new OptimizerSettings(LEARNING_RATE, Schedule.CONSTANT, 0, 1, 0.9, 0.999, 1e-8, 0, 1),
                ParameterVector.read(decoder.layout(), start));
        List<Measurement> measurements = new ArrayList<>();
        for (int step = 0; step <= count; step++) {
            List<Measurement> parts = step(step, optimizer);
            if (step > 0) {
                measurements.addAll(parts);
            }
            progress.done(step + 1L, "");
        }
        return measurements;
    }

    private List<Measurement> step(int step, AdamW optimizer) {
        List<PromptTokens> prompts = wordyPrompts(step);
        SamplingOptions options = new SamplingOptions(work.completion, 1, 1, List.of(), !work.natural);
        Stopwatch watch = new Stopwatch();
        Generation generation = generator.generate(prompts, options, work.maxRows);
        List<List<Completion>> completions = generation.completions();
        double rollout = watch.lap();
        List<Group> groups = learn(prompts, completions);
        long tokens = completions.stream()
                .flatMap(List::stream)
                .mapToLong(completion -> completion.tokens().length)
                .sum();
        long positions = tokens + (long) work.groups * work.prompt;
        ParameterVector gradient;
        try (GradientComputation computation =
                new GradientComputation(decoder, objective(work.groups, tokens), work.recompute)) {
            groups.forEach(group -> computation.add(List.of(group)));
            gradient = computation.gradient();
        }
        double learning = watch.lap();
        optimizer.step(gradient, LEARNING_RATE);
        decoder.set(optimizer.master());
        double update = watch.lap();
        return List.of(
                new Measurement(
                        "step: rollout",
                        tokens,
                        rollout,
                        OptionalDouble.of(generation.occupancy()),
                        TorchRuntime.peakResidentBytes()),
                measurement("step: gradient", positions, learning),
                measurement("step: update", decoder.layout().size(), update),
                measurement("step", positions, rollout + learning + update));
    }

    private static Measurement measurement(String name, long tokens, double seconds) {
        return new Measurement(name, tokens, seconds, OptionalDouble.empty(), TorchRuntime.peakResidentBytes());
    }

    /** Gives completions the advantages 1 and -1 in turn: an advantage changes the gradient, not its cost. */
    private static List<Group> learn(List<PromptTokens> prompts, List<List<Completion>> completions) {
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            List<LearningCompletion> rows = new ArrayList<>();
            for (Completion completion : completions.get(i)) {
                double advantage = rows.size() % 2 == 0 ? 1 : -1;
                rows.add(new LearningCompletion(completion.tokens(), completion.logprobs(), null, advantage, 1));
            }
            groups.add(new Group(prompts.get(i).tokens(), rows));
        }
        return groups;
    }

    private Objective objective(int groups, long tokens) {
        return new Objective.Grpo(
                CLIP_LOW,
                CLIP_HIGH,
                0,
                Reduction.SEQUENCE_MEAN,
                0,
                0,
                (long) groups * work.group,
                tokens,
                work.completion,
                1);
    }

    /** Makes prompts of random words, which a trained model can continue better than random tokens. */
    private List<PromptTokens> wordyPrompts(int step) {
        List<PromptTokens> prompts = new ArrayList<>();
        for (int i = 0; i < work.groups; i++) {
            int prompt = i;
            StringBuilder text = new StringBuilder();
            random.ints(work.prompt, 0, WORDS.size()).mapToObj(WORDS::get).forEach(text::append);
            int[] tokens = Arrays.copyOf(tokenizer.encode(text.toString()), work.prompt);
            long[] seeds = IntStream.range(0, work.group)
                    .mapToLong(sample -> Seeds.of(1, step, "prompt " + prompt, sample))
                    .toArray();
            prompts.add(new PromptTokens(tokens, seeds));
        }
        return prompts;
    }

    private static void add(List<Measurement> measurements, Measurement measurement, Progress progress) {
        measurements.add(measurement);
        progress.done(measurements.size(), measurement.name());
    }

    /** Measures reading one prompt and sampling one token. */
    private Measurement prefill() {
        List<PromptTokens> prompts = prompts(1);
        generate(prompts, 1);
        return measurement("prefill", work.prompt, generate(prompts, 1));
    }

    /**
     * Measures sampling all tokens of a completion but the first, in a batch of {@code rows}, without reading prompts.
     */
    private Measurement decode(int rows) {
        List<PromptTokens> prompts = prompts(rows);
        generate(prompts, Math.min(work.completion, WARM_UP_TOKENS));
        // The smallest of several readings: a pause of the machine in one reading could exceed the time of decoding.
        double first = IntStream.range(0, READINGS)
                .mapToDouble(reading -> generate(prompts, 1))
                .min()
                .orElseThrow();
        double all = generate(prompts, work.completion);
        return measurement("decode, batch " + rows, (long) rows * (work.completion - 1), all - first);
    }

    private double generate(List<PromptTokens> prompts, int tokens) {
        SamplingOptions options = new SamplingOptions(tokens, 1, 1, List.of(), true);
        long start = System.nanoTime();
        generator.generate(prompts, options);
        return (System.nanoTime() - start) / 1e9;
    }

    /** Returns prompts with {@code rows} completions in groups; the last group may be smaller. */
    private List<PromptTokens> prompts(int rows) {
        List<PromptTokens> prompts = new ArrayList<>();
        for (int first = 0; first < rows; first += work.group) {
            long[] seeds =
                    LongStream.range(first, Math.min(rows, first + work.group)).toArray();
            prompts.add(new PromptTokens(tokens(work.prompt), seeds));
        }
        return prompts;
    }

    private Measurement gradient() {
        gradient(Math.min(work.completion, WARM_UP_TOKENS));
        double seconds = gradient(work.completion);
        return measurement("group gradient", work.prompt + (long) work.group * work.completion, seconds);
    }

    /** Returns the seconds of one gradient: forward pass, backward pass and the copy out of native memory. */
    private double gradient(int completionTokens) {
        List<LearningCompletion> rows = new ArrayList<>();
        for (int i = 0; i < work.group; i++) {
            float[] oldLogprobs = new float[completionTokens];
            Arrays.fill(oldLogprobs, (float) -Math.log(decoder.config().vocabularySize()));
            rows.add(new LearningCompletion(tokens(completionTokens), oldLogprobs, null, i % 2 == 0 ? 1 : -1, 1));
        }
        Objective objective = objective(1, (long) work.group * completionTokens);
        long start = System.nanoTime();
        try (GradientComputation computation = new GradientComputation(decoder, objective, work.recompute)) {
            computation.add(List.of(new Group(tokens(work.prompt), rows)));
            computation.gradient();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, decoder.config().vocabularySize()).toArray();
    }
}
