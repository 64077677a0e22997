package io.recthink.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.nio.charset.Charset;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The resolved configuration of a run: every key, with the value that is used. The keys and their defaults are
 * documented in {@code defaults.yaml} beside this class; read one with {@link ConfigurationReader}.
 */
public record Configuration(
        String name,
        long seed,
        Paths paths,
        Simulate simulate,
        Source source,
        Prepare prepare,
        Prompt prompt,
        ColdStart coldStart,
        InitModel initModel,
        Model model,
        Lora lora,
        Rollout rollout,
        Reward reward,
        Sft sft,
        Train train,
        Validation validation,
        Predict predict,
        Mf mf,
        Compare compare) {

    /** The same with another prompt and completions of another length. */
    public Configuration with(Prompt otherPrompt, int maxTokens) {
        Rollout otherRollout =
                new Rollout(maxTokens, rollout.temperature, rollout.topP, rollout.partitions, rollout.microBatch);
        return with(otherPrompt, otherRollout, reward);
    }

    /** The same with the width of a scale where {@code reward.maxError} stands for it: what a run records. */
    public Configuration withScale(double minRating, double maxRating) {
        if (reward.maxError != 0) {
            return this;
        }
        Reward resolved = new Reward(
                reward.shape,
                reward.format,
                reward.formatGrading,
                maxRating - minRating,
                reward.answerNeedsFormat,
                reward.truncateTruth,
                reward.minWords);
        return with(prompt, rollout, resolved);
    }

    private Configuration with(Prompt otherPrompt, Rollout otherRollout, Reward otherReward) {
        return new Configuration(
                name,
                seed,
                paths,
                simulate,
                source,
                prepare,
                otherPrompt,
                coldStart,
                initModel,
                model,
                lora,
                otherRollout,
                otherReward,
                sft,
                train,
                validation,
                predict,
                mf,
                compare);
    }

    void check(Problems problems) {
        problems.require(!name.isBlank(), "name", "not blank", "'" + name + "'");
        simulate.check(problems.in("simulate"));
        source.check(problems.in("source"));
        prepare.check(problems.in("prepare"));
        prompt.check(problems.in("prompt"));
        coldStart.check(problems.in("coldStart"));
        initModel.check(problems.in("initModel"));
        model.check(problems.in("model"));
        lora.check(problems.in("lora"));
        rollout.check(problems.in("rollout"));
        reward.check(problems.in("reward"));
        sft.check(problems.in("sft"));
        train.check(problems.in("train"));
        paths.check(problems.in("paths"));
        validation.check(problems.in("validation"));
        predict.check(problems.in("predict"));
        mf.check(problems.in("mf"));
        compare.check(problems.in("compare"));
    }

    /** Where the jobs read and write. */
    public record Paths(
            String root,
            String log,
            String data,
            String model,
            String traces,
            String warmStart,
            String run,
            String predictions,
            String validationPredictions,
            String mf,
            String table,
            String probes,
            String report) {

        void check(Problems problems) {
            Map.ofEntries(
                            Map.entry("root", root),
                            Map.entry("log", log),
                            Map.entry("data", data),
                            Map.entry("model", model),
                            Map.entry("traces", traces),
                            Map.entry("warmStart", warmStart),
                            Map.entry("run", run),
                            Map.entry("predictions", predictions),
                            Map.entry("validationPredictions", validationPredictions),
                            Map.entry("mf", mf),
                            Map.entry("table", table),
                            Map.entry("probes", probes),
                            Map.entry("report", report))
                    .forEach((key, path) -> problems.require(!path.isBlank(), key, "a path", "empty"));
        }

        /** A path as configured: absolute paths and URIs as they are, relative ones below {@link #root}. */
        public String resolve(String path) {
            return path.startsWith("/") || path.matches("[a-z][a-z0-9+.-]*:.*") ? path : root + "/" + path;
        }
    }

    /** The simulated warehouse log. */
    public record Simulate(
            LogFormat format,
            int users,
            int items,
            int reviewsPerUser,
            int heaviestUser,
            double popularity,
            int aspects,
            int aspectsPerItem,
            double likeShare,
            double dislikeShare,
            double mention,
            double level,
            double weight,
            double noise)
            implements Serializable {
        /** The most aspects: more would make the exact posterior of a user's tastes too long to enumerate. */
        public static final int MAX_ASPECTS = 10;

        void check(Problems problems) {
            problems.atLeast(1, "users", users);
            problems.atLeast(1, "reviewsPerUser", reviewsPerUser);
            problems.atLeast(Math.max(reviewsPerUser, heaviestUser), "items", items);
            problems.atLeast(0, "heaviestUser", heaviestUser);
            problems.between(0, 2, "popularity", popularity);
            problems.between(1, MAX_ASPECTS, "aspects", aspects);
            problems.between(1, aspects, "aspectsPerItem", aspectsPerItem);
            problems.between(0, 1, "likeShare", likeShare);
            problems.between(0, 1 - likeShare, "dislikeShare", dislikeShare);
            problems.between(0, 1, "mention", mention);
            problems.between(1, 5, "level", level);
            problems.positive("weight", weight);
            problems.positive("noise", noise);
        }

        /** Whether users or items differ in how many reviews they have. */
        public boolean skewed() {
            return heaviestUser > 0 || popularity > 0;
        }
    }

    /** How the simulated log is written. */
    public enum LogFormat {
        @JsonProperty("json")
        JSON,
        @JsonProperty("parquet")
        PARQUET
    }

    /** The log that {@code prepare} reads. */
    public record Source(
            SourceFormat format,
            String reviews,
            String items,
            String filter,
            double minRating,
            double maxRating,
            String minTime,
            String maxTime,
            double maxQuarantineShare,
            Csv csv,
            Columns columns) {
        void check(Problems problems) {
            problems.require(
                    format != SourceFormat.TABLE || !reviews.isBlank(),
                    "reviews",
                    "the name of a table, because source.format is table",
                    "'" + reviews + "'");
            problems.require(minRating < maxRating, "minRating", "below maxRating " + maxRating, minRating);
            problems.require(isDay(minTime), "minTime", "a day such as 1990-01-01", minTime);
            problems.require(isDay(maxTime), "maxTime", "a day such as 2100-01-01", maxTime);
            problems.require(
                    !isDay(minTime)
                            || !isDay(maxTime)
                            || LocalDate.parse(minTime).isBefore(LocalDate.parse(maxTime)),
                    "minTime",
                    "before maxTime " + maxTime,
                    minTime);
            csv.check(problems.in("csv"));
            problems.between(0, 1, "maxQuarantineShare", maxQuarantineShare);
            columns.check(problems.in("columns"));
        }
    }

    private static boolean isDay(String text) {
        try {
            return LocalDate.parse(text).getYear() <= 9999;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /**
     * How separated values are written.
     *
     * @param separator one character, or {@code tab}
     * @param quote around fields that hold a separator or a line end; empty: none
     * @param escape before a quote inside such a field; empty: as the file has it
     */
    public record Csv(boolean header, String separator, String quote, String escape, String encoding) {
        void check(Problems problems) {
            problems.require(!separatorCharacter().isEmpty(), "separator", "a character, or tab", "empty");
            problems.require(quote.length() <= 1, "quote", "a character, or empty", "'" + quote + "'");
            problems.require(escape.length() <= 1, "escape", "a character, or empty", "'" + escape + "'");
            problems.require(isCharset(encoding), "encoding", "a character set such as UTF-8 or ISO-8859-1", encoding);
        }

        /** The separator itself. */
        public String separatorCharacter() {
            return separator.equals("tab") || separator.equals("\\t") ? "\t" : separator;
        }

        private static boolean isCharset(String name) {
            try {
                return Charset.isSupported(name);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    /** The layout of a log. */
    public enum SourceFormat {
        @JsonProperty("amazon-2014")
        AMAZON_2014,
        @JsonProperty("amazon-2018")
        AMAZON_2018,
        @JsonProperty("amazon-2023")
        AMAZON_2023,
        @JsonProperty("yelp")
        YELP,
        @JsonProperty("movielens")
        MOVIELENS,
        @JsonProperty("json")
        JSON,
        @JsonProperty("csv")
        CSV,
        @JsonProperty("parquet")
        PARQUET,
        @JsonProperty("orc")
        ORC,
        @JsonProperty("avro")
        AVRO,
        /** What {@code spark.table} resolves: a view or a table of the catalog or of another one, Iceberg's for example. */
        @JsonProperty("table")
        TABLE
    }

    /** Spark SQL expressions over the tables of a log; empty where the log has no such column. */
    public record Columns(
            String user,
            String item,
            String rating,
            String time,
            String summary,
            String review,
            String itemId,
            String title,
            String categories,
            String brand,
            String price,
            String description) {
        void check(Problems problems) {
            problems.require(!user.isBlank(), "user", "a Spark SQL expression", "'" + user + "'");
            problems.require(!item.isBlank(), "item", "a Spark SQL expression", "'" + item + "'");
            problems.require(!rating.isBlank(), "rating", "a Spark SQL expression", "'" + rating + "'");
            problems.require(!time.isBlank(), "time", "a Spark SQL expression", "'" + time + "'");
            problems.require(!itemId.isBlank(), "itemId", "a Spark SQL expression", "'" + itemId + "'");
        }
    }

    /** How a log becomes examples. */
    public record Prepare(
            int kcore,
            boolean strictCore,
            SplitKind split,
            double validationFrom,
            double testFrom,
            boolean refit,
            int historyItems,
            Pools pools) {
        void check(Problems problems) {
            problems.atLeast(0, "kcore", kcore);
            problems.require(
                    0 < validationFrom && validationFrom < testFrom && testFrom < 1,
                    "validationFrom",
                    "between 0 and testFrom, and testFrom below 1",
                    validationFrom + " and " + testFrom);
            problems.atLeast(0, "historyItems", historyItems);
            problems.atLeast(0, "pools.coldStart", pools.coldStart);
            problems.atLeast(0, "pools.sft", pools.sft);
            problems.atLeast(0, "pools.rl", pools.rl);
        }
    }

    /** How a log is divided into train, validation and test. */
    public enum SplitKind {
        @JsonProperty("global-time")
        GLOBAL_TIME,
        @JsonProperty("per-user-last")
        PER_USER_LAST,
        @JsonProperty("random")
        RANDOM
    }

    /** Sizes of the three disjoint pools of train rows. */
    public record Pools(int coldStart, int sft, int rl) {}

    /** What a prompt shows. */
    public record Prompt(
            ThinkMode think,
            PromptLayout layout,
            boolean meanFeatures,
            int historyItems,
            int titleCharacters,
            int categoriesCharacters,
            int brandCharacters,
            int priceCharacters,
            int summaryCharacters,
            int reviewCharacters,
            int descriptionCharacters,
            int maxTokens,
            String system,
            String user,
            String historyItem,
            String targetItem,
            Map<String, Object> template,
            PromptSource source)
            implements Serializable {
        /** The variables of a chat template that come from the conversation and the tokenizer. */
        public static final Set<String> TAKEN_VARIABLES = Set.of(
                "messages",
                "add_generation_prompt",
                "bos_token",
                "eos_token",
                "pad_token",
                "unk_token",
                "sep_token",
                "cls_token",
                "mask_token");

        public Prompt {
            template = Collections.unmodifiableMap(new LinkedHashMap<>(template));
        }

        void check(Problems problems) {
            for (String variable : template.keySet()) {
                problems.require(
                        !TAKEN_VARIABLES.contains(variable),
                        "template." + variable,
                        "left out: the conversation or the tokenizer gives its value",
                        template.get(variable));
            }
            problems.atLeast(0, "historyItems", historyItems);
            problems.atLeast(0, "titleCharacters", titleCharacters);
            problems.atLeast(0, "categoriesCharacters", categoriesCharacters);
            problems.atLeast(0, "brandCharacters", brandCharacters);
            problems.atLeast(0, "priceCharacters", priceCharacters);
            problems.atLeast(0, "summaryCharacters", summaryCharacters);
            problems.atLeast(0, "reviewCharacters", reviewCharacters);
            problems.atLeast(0, "descriptionCharacters", descriptionCharacters);
            problems.atLeast(1, "maxTokens", maxTokens);
            problems.require(
                    user.isEmpty() || (user.contains("{history}") && user.contains("{target_item}")),
                    "user",
                    "empty or contain {history} and {target_item}",
                    "'" + user + "'");
        }
    }

    /** Whose settings of the prompt count where a policy says how it was trained to be asked. */
    public enum PromptSource {
        @JsonProperty("policy")
        POLICY,
        @JsonProperty("configuration")
        CONFIGURATION
    }

    /** How the policy thinks before it rates; the templates 3a, 3b and 3c of RecZero. */
    public enum ThinkMode {
        @JsonProperty("four-steps")
        FOUR_STEPS,
        @JsonProperty("none")
        NONE,
        @JsonProperty("free")
        FREE
    }

    /** How the built-in instructions say what an answer holds. */
    public enum PromptLayout {
        /** In sentences, which give nothing to copy. */
        @JsonProperty("words")
        WORDS,
        /** By a skeleton with dots: the templates of RecZero. */
        @JsonProperty("skeleton")
        SKELETON
    }

    /** The traces of the supervised warm start. */
    public record ColdStart(
            Teacher teacher,
            int traces,
            TeacherLevel level,
            double slope,
            double generosity,
            double spread,
            TraceDetail detail)
            implements Serializable {
        void check(Problems problems) {
            problems.atLeast(1, "traces", traces);
            problems.require(spread >= 0, "spread", "at least 0", spread);
        }
    }

    /** Who writes the traces. */
    public enum Teacher {
        @JsonProperty("template")
        TEMPLATE
    }

    /** Where the ratings of the template teacher start from. */
    public enum TeacherLevel {
        /** The mean of the ratings in the user's history; the middle of the scale for a new user. */
        @JsonProperty("user")
        USER,
        /** The middle of the scale. */
        @JsonProperty("middle")
        MIDDLE
    }

    /** How much a template trace says. */
    public enum TraceDetail {
        @JsonProperty("full")
        FULL,
        @JsonProperty("terse")
        TERSE
    }

    /** The small random model that {@code init-model} makes; a Llama with a tied head. */
    public record InitModel(
            int maxVocabulary,
            int hiddenSize,
            int intermediateSize,
            int layers,
            int heads,
            int keyValueHeads,
            int maxPositions,
            double standardDeviation) {
        void check(Problems problems) {
            problems.between(64, 100_000, "maxVocabulary", maxVocabulary);
            problems.atLeast(1, "intermediateSize", intermediateSize);
            problems.atLeast(1, "layers", layers);
            problems.atLeast(1, "heads", heads);
            problems.require(
                    heads > 0 && hiddenSize > 0 && hiddenSize % (2 * heads) == 0,
                    "hiddenSize",
                    "an even multiple of heads " + heads,
                    hiddenSize);
            problems.require(
                    keyValueHeads > 0 && heads % keyValueHeads == 0,
                    "keyValueHeads",
                    "a divisor of heads " + heads,
                    keyValueHeads);
            problems.atLeast(1, "maxPositions", maxPositions);
            problems.positive("standardDeviation", standardDeviation);
        }
    }

    /** Numerics of the language model. */
    public record Model(ComputeType dtype, int threads, boolean recompute) implements Serializable {
        void check(Problems problems) {
            problems.atLeast(1, "threads", threads);
        }
    }

    /** The adapter that {@code sft} and {@code train} learn beside frozen weights; without a rank they learn all weights. */
    public record Lora(int rank, double alpha, boolean rankStabilized, List<String> targetModules) {
        /** The modules that may have an adapter. */
        public static final List<String> MODULES =
                List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

        private static final int LARGEST_RANK = 1 << 16;

        public Lora {
            targetModules = List.copyOf(targetModules);
        }

        void check(Problems problems) {
            problems.between(0, LARGEST_RANK, "rank", rank);
            problems.positive("alpha", alpha);
            problems.each("targetModules", "some of " + String.join(", ", MODULES), targetModules, MODULES::contains);
        }
    }

    /** The number format that the model computes in. */
    public enum ComputeType {
        /** All in FP32. */
        @JsonProperty("float32")
        FLOAT32("float32"),
        /** The operands of matrix products in BF16, everything else in FP32. */
        @JsonProperty("bfloat16")
        BFLOAT16("bfloat16");

        private final String label;

        ComputeType(String label) {
            this.label = label;
        }

        /** Its name in configuration files. */
        public String label() {
            return label;
        }
    }

    /** How completions are sampled. */
    public record Rollout(int maxTokens, double temperature, double topP, int partitions, int microBatch)
            implements Serializable {
        void check(Problems problems) {
            problems.atLeast(1, "maxTokens", maxTokens);
            problems.positive("temperature", temperature);
            problems.require(topP > 0 && topP <= 1, "topP", "above 0 and at most 1", topP);
            problems.atLeast(1, "partitions", partitions);
            problems.atLeast(1, "microBatch", microBatch);
        }
    }

    /** The reward of a completion. */
    public record Reward(
            RewardShape shape,
            double format,
            FormatGrading formatGrading,
            double maxError,
            boolean answerNeedsFormat,
            boolean truncateTruth,
            int minWords)
            implements Serializable {
        void check(Problems problems) {
            problems.atLeast(0, "minWords", minWords);
            problems.require(format >= 0, "format", "at least 0", format);
            problems.require(maxError >= 0 && Double.isFinite(maxError), "maxError", "at least 0 and finite", maxError);
        }
    }

    /** The shape of the answer reward. */
    public enum RewardShape {
        @JsonProperty("l1")
        L1,
        @JsonProperty("l2")
        L2,
        @JsonProperty("exact")
        EXACT
    }

    /** How a malformed completion is graded. */
    public enum FormatGrading {
        @JsonProperty("strict")
        STRICT,
        @JsonProperty("tags")
        TAGS
    }

    /** The supervised warm start. */
    public record Sft(
            int steps,
            int epochs,
            int batchSize,
            int microBatch,
            int partitions,
            int saveEvery,
            int keepLast,
            int validationEvery,
            HeldOut validation,
            int patience,
            Optimizer optimizer) {
        void check(Problems problems) {
            problems.atLeast(1, "steps", steps);
            problems.atLeast(0, "epochs", epochs);
            problems.atLeast(1, "batchSize", batchSize);
            problems.atLeast(1, "microBatch", microBatch);
            problems.atLeast(1, "partitions", partitions);
            problems.atLeast(1, "saveEvery", saveEvery);
            problems.atLeast(1, "keepLast", keepLast);
            problems.require(
                    validationEvery == 0 || isSaved(validationEvery),
                    "validationEvery",
                    "a multiple of saveEvery " + saveEvery,
                    validationEvery);
            checkValidation(problems);
            optimizer.check(problems.in("optimizer"));
        }

        private void checkValidation(Problems problems) {
            double share = validation.share;
            problems.require(share >= 0 && share < 1, "validation.share", "at least 0 and below 1", share);
            problems.require(
                    share == 0 ? validation.every >= 1 : isSaved(validation.every),
                    "validation.every",
                    share == 0 ? "at least 1" : "a multiple of saveEvery " + saveEvery,
                    validation.every);
            problems.require(
                    !(share > 0) || validationEvery == 0,
                    "validation.share",
                    "0 beside validationEvery " + validationEvery + ", for one validation chooses the policy",
                    share);
            problems.atLeast(0, "patience", patience);
            problems.require(
                    patience <= 0 || share > 0 || validationEvery > 0,
                    "patience",
                    "0 without a validation to be patient with (validation.share or validationEvery above 0)",
                    patience);
        }

        private boolean isSaved(int every) {
            return every >= 1 && saveEvery >= 1 && every % saveEvery == 0;
        }
    }

    /** The validation on traces that are held out. */
    public record HeldOut(double share, int every) {}

    /** AdamW and its schedule. */
    public record Optimizer(
            double learningRate,
            Schedule schedule,
            int warmupSteps,
            double finalShare,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double maxGradNorm) {
        void check(Problems problems) {
            problems.positive("learningRate", learningRate);
            problems.atLeast(0, "warmupSteps", warmupSteps);
            problems.between(0, 1, "finalShare", finalShare);
            problems.require(beta1 >= 0 && beta1 < 1, "beta1", "at least 0 and below 1", beta1);
            problems.require(beta2 >= 0 && beta2 < 1, "beta2", "at least 0 and below 1", beta2);
            problems.positive("epsilon", epsilon);
            problems.require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
            problems.positive("maxGradNorm", maxGradNorm);
        }
    }

    /** How the learning rate goes on after its warm-up. */
    public enum Schedule {
        @JsonProperty("constant")
        CONSTANT,
        @JsonProperty("linear")
        LINEAR,
        @JsonProperty("cosine")
        COSINE
    }

    /** GRPO. */
    public record Train(
            String start,
            int steps,
            int promptsPerStep,
            PromptDraw prompts,
            int groupSize,
            int dynamicSampling,
            int partitions,
            int microBatch,
            double clipLow,
            double clipHigh,
            double importanceCap,
            AdvantageScale scaleAdvantage,
            Reduction reduction,
            double klCoefficient,
            double entropyBonus,
            Optimizer optimizer,
            Keep keep,
            Guards guards) {
        /** The most rounds of dynamic sampling: a policy that needs more has nothing to learn from. */
        public static final int MOST_ROUNDS = 100;

        void check(Problems problems) {
            problems.require(!start.isBlank(), "start", "warm-start, model or a folder", "'" + start + "'");
            problems.atLeast(1, "steps", steps);
            problems.atLeast(1, "promptsPerStep", promptsPerStep);
            problems.atLeast(2, "groupSize", groupSize);
            problems.between(0, MOST_ROUNDS, "dynamicSampling", dynamicSampling);
            problems.atLeast(1, "partitions", partitions);
            problems.atLeast(1, "microBatch", microBatch);
            problems.require(clipLow >= 0 && clipLow <= 1, "clipLow", "between 0 and 1", clipLow);
            problems.require(clipHigh >= 0, "clipHigh", "at least 0", clipHigh);
            problems.require(
                    importanceCap == 0 || (importanceCap >= 1 && Double.isFinite(importanceCap)),
                    "importanceCap",
                    "0 or at least 1",
                    importanceCap);
            problems.require(klCoefficient >= 0, "klCoefficient", "at least 0", klCoefficient);
            problems.require(
                    entropyBonus >= 0 && Double.isFinite(entropyBonus),
                    "entropyBonus",
                    "at least 0 and finite",
                    entropyBonus);
            optimizer.check(problems.in("optimizer"));
            problems.atLeast(1, "keep.last", keep.last);
            problems.atLeast(0, "keep.every", keep.every);
            problems.atLeast(0, "guards.startCompletions", guards.startCompletions);
            problems.between(0, 1, "guards.minDistinct", guards.minDistinct);
            problems.between(0, 1, "guards.maxCopied", guards.maxCopied);
            problems.atLeast(0, "guards.deadSteps", guards.deadSteps);
        }
    }

    /** How the losses of the tokens become one number. */
    public enum Reduction {
        @JsonProperty("sequence-mean")
        SEQUENCE_MEAN,
        @JsonProperty("token-mean")
        TOKEN_MEAN,
        @JsonProperty("max-length")
        MAX_LENGTH
    }

    /** What a reward's distance from the mean of its group is divided by. */
    public enum AdvantageScale {
        /** The standard deviation of the group. */
        @JsonProperty("group")
        GROUP,
        /** Nothing. */
        @JsonProperty("none")
        NONE
    }

    /** How the prompts of steps are drawn from their pool. */
    public enum PromptDraw {
        /** Each once an epoch, whatever its true rating. */
        @JsonProperty("as-is")
        AS_IS,
        /** Each true rating as often as the others. */
        @JsonProperty("balanced")
        BALANCED
    }

    /** Which steps keep their policy and optimizer. */
    public record Keep(int last, int every) {}

    /** What stops a run that has gone wrong. */
    public record Guards(
            int startCompletions,
            double minFormatRate,
            double armedAt,
            double maxLengthGrowth,
            double minEntropy,
            double maxEntropy,
            double minDistinct,
            double maxCopied,
            int deadSteps) {}

    /** The validation during training. */
    public record Validation(int every, int rows, double maxFailed) {
        void check(Problems problems) {
            problems.atLeast(0, "every", every);
            problems.atLeast(1, "rows", rows);
            problems.between(0, 1, "maxFailed", maxFailed);
        }
    }

    /** Batch scoring. */
    public record Predict(
            String split,
            int rows,
            int validationRows,
            int samples,
            boolean distribution,
            int partitions,
            int maxBatch,
            Map<String, String> policies) {
        void check(Problems problems) {
            problems.require(
                    List.of("train", "validation", "test").contains(split),
                    "split",
                    "train, validation or test",
                    split);
            problems.atLeast(0, "rows", rows);
            problems.atLeast(0, "validationRows", validationRows);
            problems.atLeast(0, "samples", samples);
            problems.atLeast(1, "partitions", partitions);
            problems.atLeast(1, "maxBatch", maxBatch);
        }
    }

    /** Matrix factorisation; the lists are the values that the search on validation may combine. */
    public record Mf(
            List<String> systems,
            boolean biases,
            List<Integer> factors,
            List<Double> learningRates,
            List<Double> factorPenalties,
            List<Double> biasPenalties,
            int maxEpochs,
            int patience,
            double maxUpdates,
            int minSettings,
            int blocks,
            int parallelism,
            Als als) {
        /** The most blocks a side: an epoch has as many passes, and a user block as many blocks of ratings. */
        public static final int MAX_BLOCKS = 1000;

        public Mf {
            systems = List.copyOf(systems);
            factors = List.copyOf(factors);
            learningRates = List.copyOf(learningRates);
            factorPenalties = List.copyOf(factorPenalties);
            biasPenalties = List.copyOf(biasPenalties);
        }

        void check(Problems problems) {
            problems.each("factors", "at least 1", factors, size -> size >= 1);
            problems.each("learningRates", "positive", learningRates, rate -> rate > 0 && Double.isFinite(rate));
            problems.each("factorPenalties", "at least 0", factorPenalties, penalty -> penalty >= 0);
            problems.each("biasPenalties", "at least 0", biasPenalties, penalty -> penalty >= 0);
            problems.atLeast(1, "maxEpochs", maxEpochs);
            problems.atLeast(1, "patience", patience);
            problems.positive("maxUpdates", maxUpdates);
            problems.atLeast(1, "minSettings", minSettings);
            problems.between(0, MAX_BLOCKS, "blocks", blocks);
            problems.atLeast(1, "parallelism", parallelism);
            als.check(problems.in("als"));
        }
    }

    /** Spark's alternating least squares on what the bias model leaves over. */
    public record Als(List<Integer> ranks, List<Double> penalties, int iterations, int blocks) {
        public Als {
            ranks = List.copyOf(ranks);
            penalties = List.copyOf(penalties);
        }

        void check(Problems problems) {
            problems.each("ranks", "at least 1", ranks, rank -> rank >= 1);
            problems.each("penalties", "at least 0", penalties, penalty -> penalty >= 0);
            problems.atLeast(1, "iterations", iterations);
            problems.atLeast(1, "blocks", blocks);
        }
    }

    /** The table. */
    public record Compare(
            String reference,
            String focus,
            int resamples,
            int sliceResamples,
            double confidence,
            boolean intersect,
            boolean clip) {
        /** The same with differences to another system alone. */
        public Compare comparedWith(String system) {
            return new Compare(system, "", resamples, sliceResamples, confidence, intersect, clip);
        }

        void check(Problems problems) {
            problems.atLeast(1, "resamples", resamples);
            problems.atLeast(1, "sliceResamples", sliceResamples);
            problems.require(confidence > 0 && confidence < 1, "confidence", "between 0 and 1", confidence);
        }
    }
}
