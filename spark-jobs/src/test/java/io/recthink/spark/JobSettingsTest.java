package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationException;
import io.recthink.config.Paths;
import io.recthink.config.RecordedConfiguration;
import io.recthink.generate.RolloutSettings;
import io.recthink.learn.Reduction;
import io.recthink.model.LoraSettings;
import io.recthink.prompt.PromptLayout;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.ThinkMode;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.baseline.mf.MfSettings;
import io.recthink.spark.sft.SftSettings;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.train.TrainSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

final class JobSettingsTest {
    private static final String FILE = "conf/x.yaml";

    @Test
    void whatYamlReadsOtherwiseThanAPersonIsRefused() {
        assertThatThrownBy(() -> JobSettings.SECTIONS.read("my.yaml", "seed: 010", List.of()))
                .hasMessage(
                        "my.yaml: 010 is the octal number 8 in YAML. Write it without the leading 0, in quotes if it is a text, or as 0x8.");
        assertThatThrownBy(() -> read("", "train.steps=020")).hasMessageContaining("020 is the octal number 16");
        assertThatThrownBy(() -> JobSettings.SECTIONS.read("my.yaml", "name: a\n---\nname: b", List.of()))
                .hasMessage(
                        "my.yaml: contains 2 YAML documents, separated by ---. Put all settings into one document.");
        assertThatThrownBy(() -> read("", "train.optimizer.learningRate=.nan"))
                .hasMessageEndingWith("no setting can be .nan or .inf; give a number");
        assertThatThrownBy(() -> JobSettings.SECTIONS.read("my.yaml", "train: {clipLow: -.Inf}", List.of()))
                .hasMessage("my.yaml: no setting can be .nan or .inf; give a number");
        assertThat(JobSettings.SECTIONS
                        .read("my.yaml", "---\nseed: 10\n...\n", List.of())
                        .seed())
                .isEqualTo(10);
        assertThat(read("", "name='010'").name()).isEqualTo("010");
    }

    @Test
    void anEmptyPathIsRefused() {
        assertThatThrownBy(() -> read("", "paths.root="))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("paths.root must be a path (was empty)");
        assertThatThrownBy(() -> read("", "paths.data=' '")).hasMessageContaining("paths.data must be a path");
    }

    @Test
    void fileOverridesDefaultsAndLeavesTheRest() {
        Configuration defaults = JobSettings.SECTIONS.defaults();

        Configuration configuration = read("train:\n  groupSize: 4\n");

        assertThat(configuration.get(TrainSettings.class).groupSize()).isEqualTo(4);
        assertThat(configuration.get(TrainSettings.class).steps())
                .isEqualTo(defaults.get(TrainSettings.class).steps());
        assertThat(configuration.get(RolloutSettings.class)).isEqualTo(defaults.get(RolloutSettings.class));
    }

    @Test
    void settingsOverrideTheFileAndTheLastOneWins() {
        Configuration configuration =
                read("train:\n  steps: 4\nseed: 2\n", "train.steps=5", "train.steps=6", "train.optimizer.beta1=0.5");

        assertThat(configuration.get(TrainSettings.class).steps()).isEqualTo(6);
        assertThat(configuration.get(TrainSettings.class).optimizer().beta1()).isEqualTo(0.5);
        assertThat(configuration.seed()).isEqualTo(2);
    }

    @Test
    void laterValueMayBeOfAnotherFormThanAnEarlierOne() {
        Configuration configuration = read(
                "name: 3\ntrain:\n  clipHigh: 1\n",
                "name=books",
                "train.clipHigh=0.28",
                "train.steps='7'",
                "train.steps=8");

        assertThat(configuration.name()).isEqualTo("books");
        assertThat(configuration.get(TrainSettings.class).clipHigh()).isEqualTo(0.28);
        assertThat(configuration.get(TrainSettings.class).steps()).isEqualTo(8);
    }

    @Test
    void settingWithoutValueIsAnEmptyText() {
        assertThat(read("prompt:\n  system: Rate.\n", "prompt.system=")
                        .get(PromptSettings.class)
                        .system())
                .isEmpty();
    }

    @Test
    void settingValueMayContainAnEqualsSign() {
        assertThat(read("", "source.reviews=s3a://log/day=1")
                        .get(SourceSettings.class)
                        .reviews())
                .isEqualTo("s3a://log/day=1");
    }

    @Test
    void aLocationWithASecretIsRefusedAndNotRepeated() {
        for (String setting : List.of(
                "paths.root=s3a://AKIA123:verySecret@bucket/x",
                "source.reviews=s3a://AKIA123:very/Secret@bucket",
                "predict.policies.one=hdfs://me:verySecret@host/x")) {
            assertThatThrownBy(() -> read("", setting))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(
                            setting.substring(0, setting.indexOf('=')) + " must be a location without user and secret")
                    .hasMessageNotContaining("Secret@");
        }
        assertThat(read("", "paths.root=s3a://bucket:8080/a@b").paths().root()).isEqualTo("s3a://bucket:8080/a@b");
    }

    @Test
    void closedChoicesAreReadByTheirNamesInTheDocumentation() {
        assertThat(read("", "prompt.think=none").get(PromptSettings.class).think())
                .isEqualTo(ThinkMode.NONE);
        assertThat(read("", "train.reduction=token-mean")
                        .get(TrainSettings.class)
                        .reduction())
                .isEqualTo(Reduction.TOKEN_MEAN);
    }

    @Test
    void aMapOfPoliciesReplacesThemAndANameAddsOne() {
        String file = "predict: {policies: {warm-start: warm-start, grpo: run}}";
        assertThat(read(file, "predict.policies.c=z").get(PredictSettings.class).policies())
                .containsOnly(entry("warm-start", "warm-start"), entry("grpo", "run"), entry("c", "z"));
        assertThat(read(file, "predict.policies={a: x, grpo: y}")
                        .get(PredictSettings.class)
                        .policies())
                .containsOnly(entry("a", "x"), entry("grpo", "y"));
        assertThat(read(file, "predict={policies: {a: x}, rows: 3}")
                        .get(PredictSettings.class)
                        .policies())
                .containsOnly(entry("a", "x"));
        assertThat(read(file, "predict.policies.b=w", "predict.policies={a: x}", "predict.policies.c=z")
                        .get(PredictSettings.class)
                        .policies())
                .containsOnly(entry("a", "x"), entry("c", "z"));
        assertThat(read(file, "predict.policies={}").get(PredictSettings.class).policies())
                .isEmpty();
        assertThat(read(file, "predict={rows: 3}").get(PredictSettings.class).policies())
                .hasSize(2);
    }

    @Test
    void policiesMayHaveAnyName() {
        assertThat(read("", "predict.policies.after-sft=work/warm-start")
                        .get(PredictSettings.class)
                        .policies())
                .isEqualTo(Map.of("after-sft", "work/warm-start"));
    }

    @Test
    void variablesOfTheChatTemplateMayHaveAnyNameAndValue() {
        Configuration configuration = read(
                "prompt:\n  template: {enable_thinking: true, levels: [1, {a: 2.5}], none: null}\n",
                "prompt.template.enable_thinking=false",
                "prompt.template.style=short");

        Map<String, Object> expected = new HashMap<>();
        expected.put("enable_thinking", false);
        expected.put("levels", List.of(1, Map.of("a", 2.5)));
        expected.put("none", null);
        expected.put("style", "short");
        assertThat(configuration.get(PromptSettings.class).template()).isEqualTo(expected);
        assertThat(configuration.change(List.of("seed=9")).get(PromptSettings.class))
                .isEqualTo(configuration.get(PromptSettings.class));
    }

    @Test
    void variablesOfTheChatTemplateDoNotReplaceTheConversationOrTheTokens() {
        assertRefused("prompt: {template: {messages: [], eos_token: x}}")
                .hasMessageContaining("prompt.template.messages must be left out")
                .hasMessageContaining("prompt.template.eos_token must be left out");
        assertRefused("prompt: {template: no}").hasMessageContaining("prompt.template must be a section");
    }

    @Test
    void emptyFileMeansTheDefaults() {
        assertThat(read("# nothing yet\n")).isEqualTo(JobSettings.SECTIONS.defaults());
    }

    @Test
    void unknownKeyIsRefusedWithTheKnownOnes() {
        assertRefused("rollout:\n  temprature: 0.9\n")
                .hasMessageStartingWith(FILE + ": rollout.temprature must be a known key; one of ")
                .hasMessageContaining("temperature")
                .hasMessageEndingWith("(was unknown)");
    }

    @Test
    void unknownKeyOfASettingIsRefused() {
        assertRefused("", "train.groupsize=8").hasMessageContaining("train.groupsize must be a known key");
    }

    @Test
    void groupOfOneIsRefused() {
        assertRefused("train:\n  groupSize: 1\n").hasMessage(FILE + ": train.groupSize must be at least 2 (was 1)");
    }

    @Test
    void validationOfTheWarmStartFitsItsSavedSteps() {
        assertSftRefused(
                "sft.validation.every must be a multiple of saveEvery 20 (was 30)",
                "sft.validation.share=0.1",
                "sft.validation.every=30");
        assertSftRefused("sft.validation.every must be at least 1 (was 0)", "sft.validation.every=0");
        assertSftRefused("sft.validation.share must be at least 0 and below 1 (was 1.0)", "sft.validation.share=1.0");
        assertSftRefused(
                "sft.validation.share must be 0 if validationEvery is 20, because only one validation can choose the policy (was 0.1)",
                "sft.validation.share=0.1",
                "sft.validationEvery=20");
        assertSftRefused("sft.validationEvery must be a multiple of saveEvery 20 (was -20)", "sft.validationEvery=-20");
        assertSftRefused(
                "sft.patience must be 0 without a validation (validation.share or validationEvery above 0) (was 3)",
                "sft.patience=3");
        assertSftRefused("sft.patience must be at least 0 (was -1)", "sft.patience=-1");
        assertSftRefused("sft.epochs must be at least 0 (was -1)", "sft.epochs=-1");
        assertThat(read("", "sft.saveEvery=7", "sft.patience=2", "sft.validationEvery=14")
                        .get(SftSettings.class)
                        .patience())
                .isEqualTo(2);
    }

    private static void assertSftRefused(String message, String... settings) {
        assertRefused("", settings).hasMessageContaining(message);
    }

    @Test
    void rewardsOfAnExactRatingAndOfOthersFitTheShape() {
        assertRefused("", "reward.mismatch=-1.5")
                .hasMessage(
                        FILE + ": reward.mismatch must be 0 unless shape is exact, because l1 and l2 measure the error"
                                + " (was -1.5)");
        assertRefused("", "reward.shape=l2", "reward.mismatch=0.5").hasMessageContaining("reward.mismatch must be 0");
        assertRefused("", "reward.shape=exact", "reward.match=2", "reward.mismatch=2")
                .hasMessage(FILE + ": reward.mismatch must be finite and below match 2.0 (was 2.0)");
        assertRefused("", "reward.shape=exact", "reward.mismatch='-1e999'")
                .hasMessageContaining("reward.mismatch must be finite");
        assertRefused("", "reward.match=0").hasMessage(FILE + ": reward.match must be positive (was 0.0)");
        assertThat(read("", "reward.shape=exact", "reward.match=2", "reward.mismatch=-1.5")
                        .get(RewardSettings.class)
                        .mismatch())
                .isEqualTo(-1.5);
    }

    @Test
    void allValuesOutOfRangeAreReportedTogether() {
        assertRefused("train:\n  groupSize: 1\nrollout:\n  topP: 0\nsource:\n  minRating: 5\n")
                .message()
                .hasLineCount(3)
                .contains("train.groupSize must be at least 2 (was 1)")
                .contains("rollout.topP must be above 0 and at most 1 (was 0.0)")
                .contains("source.minRating must be below maxRating 5.0 (was 5.0)");
    }

    @Test
    void allUnknownKeysAreReportedTogether() {
        assertRefused("sed: 3\ntrain:\n  step: 3\n", "cli.x=1")
                .message()
                .hasLineCount(3)
                .contains("sed must")
                .contains("train.step must")
                .contains("cli must");
    }

    @Test
    void allValuesOfTheWrongKindAreReportedTogether() {
        assertRefused(
                        "train:\n  steps: many\n  groupSize: 1.5\nprompt:\n  meanFeatures: maybe\nrollout:\n  topP: all\n")
                .hasMessage(String.join(
                        "\n",
                        FILE + ": train.steps must be a whole number (was many)",
                        FILE + ": train.groupSize must be a whole number (was 1.5)",
                        FILE + ": prompt.meanFeatures must be true or false (was maybe)",
                        FILE + ": rollout.topP must be a number (was all)"));
    }

    @Test
    void emptyValueIsRefused() {
        assertRefused("train:\n  steps:\npaths:\n  run:\n")
                .message()
                .contains("train.steps must be a whole number (was empty)")
                .contains("paths.run must be a single value (was empty)");
    }

    @Test
    void numberMayBeWrittenInEveryUsualWay() {
        for (String number : List.of("0.00001", "1e-5", "1.0E-5", "'1e-5'", ".00001")) {
            assertThat(read("", "train.optimizer.learningRate=" + number)
                            .get(TrainSettings.class)
                            .optimizer()
                            .learningRate())
                    .as(number)
                    .isEqualTo(1e-5);
        }
        assertThat(read("", "train.optimizer.learningRate=1")
                        .get(TrainSettings.class)
                        .optimizer()
                        .learningRate())
                .isEqualTo(1);
    }

    @Test
    void numberTooLargeIsRefusedWithItsKey() {
        assertRefused("", "train.steps=5000000000").hasMessageContaining("train.steps");
    }

    @Test
    void listsAreReadWhole() {
        MfSettings mf = read("mf:\n  factors: [4]\n", "mf.learningRates=[1e-3, 0.5]", "mf.als.penalties=[1]")
                .get(MfSettings.class);
        assertThat(mf.factors()).containsExactly(4);
        assertThat(mf.learningRates()).containsExactly(1e-3, 0.5);
        assertThat(mf.als().penalties()).containsExactly(1.0);
        assertThat(mf.factorPenalties())
                .isEqualTo(JobSettings.SECTIONS.defaults().get(MfSettings.class).factorPenalties());
    }

    @Test
    void anythingElseWhereAListIsExpectedIsRefused() {
        assertRefused("", "mf.factors=16").hasMessageContaining("mf.factors must be a list such as [8,16,32] (was 16)");
        assertRefused("", "mf.factors=[8, many]").hasMessageContaining("mf.factors must be a list such as [8,16,32]");
        assertRefused("", "mf.factors=[]").hasMessageContaining("mf.factors must be a list of at least one value");
        assertRefused("", "mf.learningRates=[0.1, -1]")
                .hasMessageContaining("mf.learningRates must be positive (was -1.0)");
    }

    @Test
    void modulesThatCannotHaveAnAdapterAreRefusedWithThoseThatCan() {
        assertThat(read("", "lora.targetModules=[v_proj, q_proj]")
                        .get(LoraSettings.class)
                        .targetModules())
                .containsExactly("v_proj", "q_proj");
        assertRefused("", "lora.targetModules=[q_proj, lm_head]")
                .hasMessage(FILE + ": lora.targetModules must be some of q_proj, k_proj, v_proj, o_proj, gate_proj,"
                        + " up_proj, down_proj (was lm_head)");
    }

    @Test
    void unknownChoiceIsRefusedWithTheKnownOnes() {
        assertRefused("", "prompt.think=deeply")
                .hasMessage(FILE + ": prompt.think must be one of four-steps, none, free (was deeply)");
    }

    @Test
    void listForAValueIsRefused() {
        assertRefused("name: [a, b]\n").hasMessage(FILE + ": name must be a single value (was [\"a\",\"b\"])");
    }

    @Test
    void valueForASectionIsRefused() {
        assertRefused("train: 3\n").hasMessage(FILE + ": train must be a section (was 3)");
    }

    @Test
    void sectionForAValueIsRefused() {
        assertRefused("", "seed.x=3").hasMessageContaining("seed must be a single value");
    }

    @Test
    void keyGivenTwiceIsRefused() {
        assertRefused("seed: 1\nseed: 2\n").hasMessageStartingWith(FILE + ": ").hasMessageContaining("seed");
    }

    @Test
    void brokenYamlIsRefusedWithItsLine() {
        assertRefused("seed: 1\ntrain: [\n")
                .hasMessageContaining("is not valid YAML")
                .hasMessageContaining("line");
    }

    @Test
    void listForKeysIsRefused() {
        assertRefused("- seed\n").hasMessage(FILE + ": expected keys and values, found ARRAY");
    }

    @Test
    void settingWithoutEqualsSignIsRefused() {
        assertRefused("", "train.steps").hasMessage("--set takes key=value (was 'train.steps')");
        assertRefused("", "=3").hasMessage("--set takes key=value (was '=3')");
    }

    @Test
    void aRecordWithoutAKeyWasMadeAsBeforeThereWasTheKey() {
        RecordedConfiguration record = RecordedConfiguration.read("run/config.yaml", "train: {steps: 7}");
        assertThat(record.get(TrainSettings.class).steps()).isEqualTo(7);
        assertThat(record.get(PromptSettings.class).layout()).isEqualTo(PromptLayout.SKELETON);
        RewardSettings reward = record.get(RewardSettings.class);
        assertThat(reward.minWords()).isZero();
        assertThat(reward.match()).isEqualTo(1);
        assertThat(reward.mismatch()).isZero();
        assertThat(reward.marks()).isFalse();
        String now = read("").toYaml();
        assertThat(RecordedConfiguration.read("run/config.yaml", now).as(JobSettings.SECTIONS))
                .isEqualTo(read(""));
    }

    @Test
    void relativePathsLieBelowTheRootAndOthersStay() {
        Paths paths = read("", "paths.root=/data/books").paths();

        assertThat(paths.resolve(paths.run())).isEqualTo("/data/books/run");
        assertThat(paths.resolve("/elsewhere/run")).isEqualTo("/elsewhere/run");
        assertThat(paths.resolve("s3a://bucket/run")).isEqualTo("s3a://bucket/run");
    }

    private static Configuration read(String yaml, String... settings) {
        return JobSettings.SECTIONS.read(FILE, yaml, List.of(settings));
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(String yaml, String... settings) {
        return assertThatThrownBy(() -> read(yaml, settings)).isInstanceOf(ConfigurationException.class);
    }
}
