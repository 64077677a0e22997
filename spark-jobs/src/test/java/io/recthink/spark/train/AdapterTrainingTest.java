package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.learn.ParameterVector;
import io.recthink.model.AdapterFolder;
import io.recthink.model.LoraInitializer;
import io.recthink.model.ModelConfig;
import io.recthink.spark.SparkTest;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.sft.SftJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests runs that learn a LoRA adapter: train, sft and the jobs that read their policies. */
class AdapterTrainingTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final String ADAPTER = "policy/adapter_model.safetensors";
    private static final String OPTIMIZER = "optimizer/optimizer.safetensors";
    private static final String[] LORA = {"lora.rank=2", "lora.alpha=4", "lora.targetModules=[q_proj, v_proj, up_proj]"
    };
    private static final String[] THREE_STEPS =
            with(LORA, "train.keep.last=9", "validation.every=3", "train.optimizer.learningRate=0.05");

    @TempDir
    private static Path root;

    private static TinyWorld world;

    @BeforeAll
    static void trainThreeSteps() {
        world = TinyWorld.create(SPARK, root);
        new TrainJob(false).run(SPARK, world.configuration(THREE_STEPS));
    }

    @Test
    void everyPolicyIsAnAdapterFolderThatNamesItsBaseModel() throws IOException {
        RunFolder run = folder("run");
        String base = sha256(root.resolve("model/model.safetensors"));
        for (Manifest manifest : run.manifests()) {
            Path policy = step("run", manifest.step()).resolve("policy");
            try (Stream<Path> files = Files.list(policy)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors", "recthink.json");
            }
            JsonNode config = new ObjectMapper()
                    .readTree(policy.resolve("adapter_config.json").toFile());
            assertThat(config.path("base_model_name_or_path").asText())
                    .isEqualTo(root.resolve("model").toString());
            assertThat(config.path("r").asInt()).isEqualTo(2);
            assertThat(manifest.policyVersion())
                    .isEqualTo(new PolicyVersion(
                            manifest.step(),
                            sha256(policy.resolve("adapter_model.safetensors")),
                            new PolicyVersion.Base(
                                    "file:" + root.resolve("model"),
                                    base,
                                    PolicyFolder.at(root.resolve("model")).digest(base))));
            assertThat(AdapterFolder.base(policy).sha256()).hasValue(base);
        }
        assertThat(run.manifests()).hasSize(4);
        assertThat(run.required(2).files()).extracting(FileEntry::path).contains(ADAPTER, OPTIMIZER);
    }

    @Test
    void theAdapterBeginsAsTheSeedSaysAndAllOfItIsLearnt() {
        ParameterVector first = adapter("run", 0);
        ParameterVector third = adapter("run", 3);
        ParameterVector drawn = ParameterVector.read(first.layout(), new LoraInitializer(17));
        assertThat(first.chunk(0)).containsExactly(drawn.chunk(0));
        int unchanged = 0;
        for (int i = 0; i < first.size(); i++) {
            unchanged += first.chunk(0)[i] == third.chunk(0)[i] ? 1 : 0;
        }
        assertThat(unchanged).isLessThan((int) first.size() / 20);
    }

    @Test
    void aNewAdapterSamplesWhatTheModelSamples(@TempDir Path other) {
        new TrainJob(false).run(SPARK, world.configuration("train.steps=1", "paths.run=" + other.resolve("full")));
        assertThat(completions(root.resolve("run"), 1)).isEqualTo(completions(other.resolve("full"), 1));
        assertThat(folder("run")
                        .metrics(3)
                        .orElseThrow()
                        .get("sampling_logp_difference/max")
                        .asDouble())
                .isLessThan(1e-4);
    }

    @Test
    void aStoppedRunEndsAsIfItHadNeverStopped(@TempDir Path other) throws IOException {
        Path copy = TinyWorld.copy(root.resolve("run"), other.resolve("run"));
        Files.delete(copy.resolve("step-000003/manifest.json"));
        Files.delete(copy.resolve("step-000002/manifest.json"));
        new TrainJob(true).run(SPARK, world.configuration(with(THREE_STEPS, "paths.run=" + copy)));
        for (String file : List.of(ADAPTER, OPTIMIZER, "policy/adapter_config.json")) {
            assertThat(copy.resolve("step-000003").resolve(file))
                    .hasSameBinaryContentAs(step("run", 3).resolve(file));
        }
        assertThat(completions(copy, 3)).isEqualTo(completions(root.resolve("run"), 3));
    }

    @Test
    void theGradientThatIsShuffledIsThatOfTheAdapterAlone(@TempDir Path other) {
        String one = "train.steps=1";
        // Half of the gradient of a new adapter is zero, and the shuffle of the tests compresses zeros.
        String start = "train.start=" + step("run", 3).resolve("policy");
        long ofAdapter = gradientBytes(with(LORA, one, start, "paths.run=" + other.resolve("adapter")));
        long ofModel = gradientBytes(one, "paths.run=" + other.resolve("full"));
        long adapter = 4 * adapter("run", 0).size();
        assertThat(ofAdapter).isLessThan(ofModel / 3);
        assertThat(ofAdapter).isBetween(2 * adapter, 2 * (adapter + 2048));
    }

    /** Returns the bytes that the gradient tasks of a run write for the shuffle. */
    private static long gradientBytes(String... settings) {
        LongAdder bytes = new LongAdder();
        SparkListener listener = new SparkListener() {
            @Override
            public void onStageCompleted(SparkListenerStageCompleted event) {
                if (event.stageInfo().name().endsWith(": gradient")) {
                    bytes.add(event.stageInfo()
                            .taskMetrics()
                            .shuffleWriteMetrics()
                            .bytesWritten());
                }
            }
        };
        SPARK.sparkContext().addSparkListener(listener);
        try {
            new TrainJob(false).run(SPARK, world.configuration(settings));
        } finally {
            SPARK.sparkContext().removeSparkListener(listener);
        }
        return bytes.sum();
    }

    @Test
    void resumingWithAnotherAdapterNamesTheKeys() {
        assertThatThrownBy(() -> new TrainJob(true)
                        .run(
                                SPARK,
                                world.configuration(with(THREE_STEPS, "lora.rank=3", "lora.targetModules=[q_proj]"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("lora.rank: was 2, is 3")
                .hasMessageContaining("lora.targetModules: was [\"q_proj\",\"v_proj\",\"up_proj\"], is [\"q_proj\"]");
    }

    @Test
    void theWarmStartedAdapterIsTrainedOnAndPredictedWith(@TempDir Path other) throws IOException {
        String warm = "paths.warmStart=" + other.resolve("warm");
        String run = "paths.run=" + other.resolve("run");
        String[] sft = with(LORA, warm, "sft.optimizer.learningRate=0.5");
        new SftJob(false).run(SPARK, world.configuration(sft));
        Path last = other.resolve("warm/step-000006");
        byte[] adapter = Files.readAllBytes(last.resolve(ADAPTER));
        Files.delete(last.resolve("manifest.json"));
        new SftJob(true).run(SPARK, world.configuration(sft));
        assertThat(last.resolve(ADAPTER)).hasBinaryContent(adapter);

        String[] train = with(LORA, warm, run, "train.start=warm-start", "train.steps=1", "train.klCoefficient=0.1");
        new TrainJob(false).run(SPARK, world.configuration(train));
        assertThat(other.resolve("run/step-000000").resolve(ADAPTER)).hasBinaryContent(adapter);
        // The reference is the base model without any adapter, not the policy that the run started from.
        assertThat(RunFolder.at(other + "/run", SPARK.sparkContext().hadoopConfiguration())
                        .metrics(1)
                        .orElseThrow()
                        .get("kl")
                        .asDouble())
                .isGreaterThan(1e-3);

        String[] predict = with(
                LORA,
                "predict.split=validation",
                "paths.predictions=" + other.resolve("predictions"),
                "predict.policies.run=" + other.resolve("run"),
                "predict.policies.folder=" + other.resolve("run/step-000001/policy"),
                "predict.policies.start=" + other.resolve("warm"),
                "predict.policies.model=model");
        new PredictJob().run(SPARK, world.configuration(predict));
        List<String> ofRun = traces(other.resolve("predictions/run"));
        assertThat(ofRun).hasSize(6).isEqualTo(traces(other.resolve("predictions/folder")));
        assertThat(traces(other.resolve("predictions/start"))).isNotEqualTo(traces(other.resolve("predictions/model")));

        assertThatThrownBy(() -> new TrainJob(false)
                        .run(SPARK, world.configuration(with(train, "lora.rank=3", "paths.run=" + other.resolve("x")))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("contains a LoRA adapter of rank 2, alpha 4.0, for q_proj, v_proj, up_proj, but"
                        + " the configuration asks for rank 3, alpha 4.0, for q_proj, v_proj, up_proj. Set lora to the"
                        + " values of the adapter");
        assertThatThrownBy(() -> new TrainJob(false)
                        .run(SPARK, world.configuration(with(train, "lora.rank=0", "paths.run=" + other.resolve("x")))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("but the configuration asks for training of all weights (lora.rank 0)");
        assertThat(other.resolve("x")).doesNotExist();
    }

    @Test
    void theKlTermHoldsTheAdapterNearTheModel(@TempDir Path other) {
        String[] settings = with(LORA, "train.optimizer.learningRate=0.05", "train.steps=2", "train.klCoefficient=1");
        new TrainJob(false).run(SPARK, world.configuration(with(settings, "paths.run=" + other.resolve("held"))));
        RunFolder held = RunFolder.at(other + "/held", SPARK.sparkContext().hadoopConfiguration());
        // The new adapter has no effect: the policy is the reference, to the bit.
        assertThat(held.metrics(1).orElseThrow().get("kl").asDouble()).isLessThan(1e-9);
        assertThat(held.metrics(2).orElseThrow().get("kl").asDouble()).isGreaterThan(1e-6);
        assertThat(held.required(1).policyVersion())
                .isNotEqualTo(folder("run").required(2).policyVersion());
    }

    @Test
    void theRunAndTheModelCanLieOnStorageThatIsNotLocal(@TempDir Path other) throws IOException {
        SPARK.sparkContext().hadoopConfiguration().set("fs.elsewhere.impl", ElsewhereFileSystem.class.getName());
        String[] settings = with(
                LORA,
                "train.optimizer.learningRate=0.05",
                "paths.model=elsewhere:" + root.resolve("model"),
                "paths.run=elsewhere:" + other.resolve("run"));
        new TrainJob(false).run(SPARK, world.configuration(with(settings, "train.steps=1")));
        new TrainJob(true).run(SPARK, world.configuration(with(settings, "train.steps=2")));
        Path policy = other.resolve("run/step-000002/policy");
        assertThat(AdapterFolder.base(policy).nameOrPath()).isEqualTo("elsewhere:" + root.resolve("model"));
        try (AdapterFolder folder = AdapterFolder.open(policy, ModelConfig.read(root.resolve("model")))) {
            assertThat(ParameterVector.read(folder.layout(), folder).chunk(0))
                    .containsExactly(adapter("run", 2).chunk(0));
        }
        String[] predict = {
            "predict.split=validation",
            "paths.predictions=" + other.resolve("predictions"),
            "predict.policies.away=elsewhere:" + other.resolve("run"),
            "predict.policies.here=run@2"
        };
        new PredictJob().run(SPARK, world.configuration(predict));
        assertThat(traces(other.resolve("predictions/away"))).isEqualTo(traces(other.resolve("predictions/here")));
    }

    @Test
    void anAdapterIsRefusedWhenItsBaseModelHasChangedOrGone(@TempDir Path other) throws IOException {
        TinyWorld moving = TinyWorld.create(SPARK, other);
        new TrainJob(false).run(SPARK, moving.configuration(with(LORA, "train.steps=1")));
        String predict = "predict.policies.run=" + other.resolve("run");
        Path template = other.resolve("model/chat_template.jinja");
        String written = Files.readString(template);
        Files.writeString(template, written.replace("assistant", "<unk>"));
        assertThatThrownBy(() -> new PredictJob().run(SPARK, moving.configuration(predict)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("file:" + other.resolve("model") + " is not the base model of the policy in file:"
                        + other + "/run/step-000001/policy: its configuration, tokenizer or template differs");
        Files.writeString(template, written);
        moving.writeModel(2);
        assertThatThrownBy(() -> new PredictJob().run(SPARK, moving.configuration(predict)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                        "file:" + other.resolve("model") + " is not the base model that the adapter was made for");
        assertThatThrownBy(() -> new TrainJob(true).run(SPARK, moving.configuration(with(LORA, "train.steps=2"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("start model: was ");
        Files.move(other.resolve("model"), other.resolve("moved"));
        assertThatThrownBy(() -> new PredictJob().run(SPARK, moving.configuration(predict)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("names the base model " + other.resolve("model")
                        + ", which is not a model folder here. Put the model there, or write its folder into"
                        + " base_model_name_or_path of adapter_config.json. Do that in a copy outside of the run");
        Path copy = TinyWorld.copy(other.resolve("run/step-000001/policy"), other.resolve("copy"));
        Path config = copy.resolve("adapter_config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                other.resolve("model").toString(),
                                other.resolve("put back").toString()));
        moving.writeModel(1);
        Files.move(other.resolve("model"), other.resolve("put back"));
        new PredictJob()
                .run(
                        SPARK,
                        moving.configuration(
                                "predict.split=validation", "predict.policies.run=" + copy.toAbsolutePath()));
        assertThat(other.resolve("predictions/run/_files.json")).exists();
    }

    private static ParameterVector adapter(String run, int step) {
        try (AdapterFolder folder =
                AdapterFolder.open(step(run, step).resolve("policy"), ModelConfig.read(root.resolve("model")))) {
            return ParameterVector.read(folder.layout(), folder);
        }
    }

    private static List<String> completions(Path run, int step) {
        return SPARK.read()
                .parquet(run.resolve("step-00000" + step + "/rollouts").toString())
                .drop("policySha256")
                .orderBy("rowId", "sample")
                .toJSON()
                .collectAsList();
    }

    private static List<String> traces(Path predictions) {
        return SPARK.read()
                .parquet(predictions.toString())
                .select("rowId", "trace", "yhat")
                .orderBy("rowId")
                .toJSON()
                .collectAsList();
    }

    private static RunFolder folder(String run) {
        return RunFolder.at(root.resolve(run).toString(), SPARK.sparkContext().hadoopConfiguration());
    }

    private static Path step(String run, int step) {
        return root.resolve(run).resolve("step-00000" + step);
    }

    private static String sha256(Path file) throws IOException {
        try {
            byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return java.util.HexFormat.of().formatHex(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String[] with(String[] settings, String... more) {
        return Stream.concat(Arrays.stream(settings), Arrays.stream(more)).toArray(String[]::new);
    }
}
