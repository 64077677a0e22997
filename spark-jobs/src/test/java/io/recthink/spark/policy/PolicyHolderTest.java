package io.recthink.spark.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import io.recthink.InvalidInputException;
import io.recthink.learn.Group;
import io.recthink.learn.LearningCompletion;
import io.recthink.learn.LogProbabilities;
import io.recthink.learn.ParameterVector;
import io.recthink.model.Decoder;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraInitializer;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelSettings;
import io.recthink.model.ParameterLayout;
import io.recthink.model.Projection;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.policy.PolicyReference.Adapter;
import io.recthink.spark.train.TinyWorld;
import io.recthink.torch.Bfloat16Support;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM holds of policies that are adapters. */
class PolicyHolderTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final ModelSettings SETTINGS =
            JobSettings.SECTIONS.defaults().get(ModelSettings.class);
    private static final LoraConfig LORA = new LoraConfig(2, 4, false, EnumSet.allOf(Projection.class));
    private static final List<Group> GROUPS = List.of(
            new Group(new int[] {1, 7, 3}, List.of(new LearningCompletion(new int[] {4, 6, 5, 2}, null, null, 0, 1))));

    @TempDir
    private Path root;

    private TinyWorld world;
    private PolicyReference base;

    @BeforeEach
    void writeModel() {
        world = TinyWorld.create(SPARK, root);
        base = base();
    }

    private PolicyReference base() {
        PolicyFolder model =
                PolicyFolder.at(root + "/model", SPARK.sparkContext().hadoopConfiguration());
        return model.reference();
    }

    @Test
    void versionsOfAnAdapterTakeTurnsBesideOneModel() {
        float[] model;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(base, SETTINGS)) {
            model = logprobs(lease.decoder());
        }
        Decoder adapted;
        float[] first;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("one", 1, LORA), SETTINGS)) {
            adapted = lease.decoder();
            first = logprobs(adapted);
        }
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("two", 2, LORA), SETTINGS)) {
            assertThat(lease.decoder()).isSameAs(adapted);
            assertThat(logprobs(adapted)).isNotEqualTo(first).isNotEqualTo(model);
        }
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("one", 1, LORA), SETTINGS)) {
            assertThat(logprobs(lease.decoder())).containsExactly(first);
        }
    }

    @Test
    void theReferenceOfAnAdapterIsItsModelToTheBitAndTakesNoMemory() {
        float[] model;
        Decoder loaded;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(base, SETTINGS)) {
            loaded = lease.decoder();
            model = logprobs(loaded);
        }
        PolicyReference policy = adapter("one", 1, LORA);
        try (PolicyHolder.Lease reference = PolicyHolder.reference(base, policy, SETTINGS);
                PolicyHolder.Lease lease = PolicyHolder.policy(policy, SETTINGS)) {
            assertThat(reference.decoder()).isSameAs(loaded);
            assertThat(logprobs(reference.decoder())).containsExactly(model);
            assertThat(lease.decoder().tensor(loaded.headName())).isSameAs(loaded.tensor(loaded.headName()));
        }
    }

    @Test
    void theSameWeightsAtAnotherScaleAreAnotherPolicy() {
        float[] first;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("one", 1, LORA), SETTINGS)) {
            first = logprobs(lease.decoder());
        }
        LoraConfig stronger = new LoraConfig(2, 8, false, EnumSet.allOf(Projection.class));
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("one", 1, stronger), SETTINGS)) {
            assertThat(logprobs(lease.decoder())).isNotEqualTo(first);
        }
    }

    @Test
    void theSameWeightsUnderAnotherConfigurationAreAnotherPolicy() throws IOException {
        float[] first;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(base, SETTINGS)) {
            first = logprobs(lease.decoder());
        }
        PolicyReference other = changed("config.json", "\"rms_norm_eps\" : 1.0E-6", "\"rms_norm_eps\" : 0.5");
        assertThat(other.sha256()).isEqualTo(base.sha256());
        float[] second;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(other, SETTINGS)) {
            second = logprobs(lease.decoder());
            assertThat(second).isNotEqualTo(first);
        }
        try (PolicyHolder.Lease lease = PolicyHolder.policy(base, SETTINGS)) {
            assertThat(logprobs(lease.decoder())).containsExactly(first);
        }
        // The same beside one adapter, whose own file is the same.
        float[] adapted;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("one", 1, LORA), SETTINGS)) {
            adapted = logprobs(lease.decoder());
        }
        base = other;
        try (PolicyHolder.Lease lease = PolicyHolder.policy(adapter("one", 1, LORA), SETTINGS)) {
            assertThat(logprobs(lease.decoder())).isNotEqualTo(adapted);
        }
    }

    @Test
    void theSameWeightsWithAnotherTokenizerHaveThatTokenizer() throws IOException {
        PolicyReference other = changed("tokenizer.json", "\"4\": 9, \"5\": 10", "\"5\": 9, \"4\": 10");
        try (PolicyHolder.Lease lease = PolicyHolder.policy(base, SETTINGS)) {
            assertThat(lease.tokenizer().encode("4")).containsExactly(9);
        }
        try (PolicyHolder.Lease lease = PolicyHolder.policy(other, SETTINGS)) {
            assertThat(lease.tokenizer().encode("4")).containsExactly(10);
        }
    }

    /** The model with a change in one of its files. */
    private PolicyReference changed(String file, String from, String to) throws IOException {
        Path copy = world.copyModel("changed-" + file);
        String text = Files.readString(copy.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(copy.resolve(file), text.replace(from, to));
        return PolicyFolder.at(copy).reference();
    }

    @Test
    void theSameWeightsInAnotherTypeAreAnotherPolicy() {
        assumeTrue(Bfloat16Support.of(Device.cpu()), "skipped: this processor has no instructions for BF16");
        ModelSettings bfloat16 = JobSettings.SECTIONS
                .read("test", "", List.of("model.dtype=bfloat16"))
                .get(ModelSettings.class);
        for (PolicyReference policy : List.of(base, adapter("one", 1, LORA))) {
            for (ModelSettings settings : List.of(SETTINGS, bfloat16, SETTINGS)) {
                try (PolicyHolder.Lease lease = PolicyHolder.policy(policy, settings)) {
                    assertThat(lease.decoder().type()).isEqualTo(settings.dtype());
                }
            }
        }
    }

    @Test
    void aBaseModelThatChangedUnderTheTasksIsRefused() {
        world.writeModel(5); // which no test has made the JVM hold
        base = base();
        PolicyReference policy = adapter("one", 1, LORA);
        world.writeModel(6);
        assertThatThrownBy(() -> PolicyHolder.policy(policy, SETTINGS).close())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(base.path() + " is not the base model that the adapter was made for");
    }

    @Test
    void whatGoesWithATaskIsSmall() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(adapter("one", 1, LORA));
        }
        assertThat(bytes.size()).isLessThan(4096);
    }

    @Test
    void theChunksOfALargeAdapterArriveInTheirOrder() {
        LoraConfig large = new LoraConfig(8192, 1, false, EnumSet.allOf(Projection.class));
        ParameterLayout layout = ParameterLayout.of(ModelConfig.read(root.resolve("model")), large);
        ParameterVector weights = ParameterVector.read(layout, new LoraInitializer(1));
        float[][] arrived = Adapter.send(SPARK, base, large, weights).chunks();
        assertThat(arrived).hasNumberOfRows(weights.chunkCount()).hasNumberOfRows(5);
        for (int i = 0; i < arrived.length; i++) {
            assertThat(Arrays.equals(arrived[i], weights.chunk(i)))
                    .as("chunk " + i)
                    .isTrue();
        }
    }

    /** There is no such folder: the adapter is sent. */
    private PolicyReference adapter(String sha256, long seed, LoraConfig lora) {
        ModelConfig config = ModelConfig.read(root.resolve("model"));
        ParameterLayout layout = ParameterLayout.of(config, lora);
        ParameterVector weights = ParameterVector.read(layout, new LoraInitializer(seed));
        for (int i = 0; i < weights.chunk(0).length; i++) {
            weights.chunk(0)[i] += 0.1f; // so that B is not zero
        }
        return new PolicyReference("/nowhere", 1, sha256, sha256, Adapter.send(SPARK, base, lora, weights));
    }

    private static float[] logprobs(Decoder decoder) {
        return LogProbabilities.of(decoder, GROUPS, 1).get(0).get(0);
    }
}
