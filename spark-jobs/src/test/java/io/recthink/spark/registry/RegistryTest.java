package io.recthink.spark.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Paths;
import io.recthink.spark.JobSettings;
import io.recthink.spark.files.FolderInUseException;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.run.PolicyArgument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path folder;

    @Test
    void readersFindTheVersionThatServesAndAnyOther() throws IOException {
        publish(1, "one");
        publish(2, "two");
        assertThat(weights("")).isEqualTo("two");
        assertThat(weights("@1")).isEqualTo("one");
        assertThat(PolicyArgument.find("policy", registry() + "@1", HADOOP).number())
                .isEqualTo(1);
        assertThatThrownBy(() -> weights("@3"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has no version 3; its versions are [1, 2]");
    }

    @Test
    void aConfigurationNamesItBelowItsFolder() {
        Paths paths = JobSettings.SECTIONS
                .read("test", "paths: {root: /data, registry: 's3a://lake/registry'}", List.of())
                .paths();
        assertThat(paths.resolve("registry:ratings@7")).isEqualTo("s3a://lake/registry/ratings@7");
        assertThat(JobSettings.SECTIONS.defaults().paths().resolve("registry:ratings"))
                .isEqualTo("work/registry/ratings");
        assertThatThrownBy(() -> PolicyArgument.find("modelUrl", "registry:ratings", HADOOP))
                .hasMessageContaining("Name the folder of the registry, such as /data/registry/ratings");
    }

    @Test
    void aRefusedVersionIsRecordedAndNeverServes() throws IOException {
        publish(1, "one");
        try (RegistryWriter writer = writer()) {
            writer.record(version(2, Version.Status.REFUSED, policy("two"), 1));
            assertThat(writer.nextNumber()).isEqualTo(3);
        }
        assertThat(weights("")).isEqualTo("one");
        assertThatThrownBy(() -> weights("@2"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the gate refused version 2")
                .hasMessageContaining(folder.resolve("two").toString());
        try (RegistryWriter writer = writer()) {
            assertThatThrownBy(() -> writer.rollBack(2)).hasMessageContaining("the gate refused version 2");
        }
    }

    @Test
    void aRollbackMarksTheVersionThatItLeaves() throws IOException {
        publish(1, "one");
        publish(2, "two");
        try (RegistryWriter writer = writer()) {
            writer.rollBack(1);
            assertThatThrownBy(() -> writer.rollBack(1)).hasMessageContaining("version 1 serves already");
        }
        assertThat(weights("")).isEqualTo("one");
        assertThat(reader().required(2).withdrawn()).isNotNull();
        assertThat(reader().required(1).withdrawn()).isNull();
        assertThat(weights("@2")).as("a withdrawn version can still be named").isEqualTo("two");
    }

    @Test
    void pruneKeepsTheServingVersionAndTheOneBeforeIt() throws IOException {
        for (int number = 1; number <= 6; number++) {
            publish(number, "policy-" + number);
        }
        try (RegistryWriter writer = writer()) {
            writer.rollBack(3);
            assertThat(writer.prune(1)).containsExactly(1, 4, 5);
        }
        assertThat(weights("")).isEqualTo("policy-3");
        assertThat(weights("@2")).isEqualTo("policy-2");
        assertThat(weights("@6")).isEqualTo("policy-6");
        assertThatThrownBy(() -> weights("@4")).hasMessageContaining("the policy of version 4 was removed");
        assertThat(reader().versions()).hasSize(6);
    }

    @Test
    void aVersionWithoutItsFileDoesNotExist() throws IOException {
        publish(1, "one");
        Path half = Files.createDirectories(folder.resolve("registry/versions/000002/policy"));
        Files.writeString(half.resolve("model.safetensors"), "ha");
        assertThat(reader().versions()).extracting(Version::version).containsExactly(1);
        publish(2, "two");
        assertThat(weights("")).isEqualTo("two");
    }

    @Test
    void aChangedPolicyIsRefused() throws IOException {
        publish(1, "one");
        Files.writeString(folder.resolve("registry/versions/000001/policy/model.safetensors"), "eno");
        assertThatThrownBy(() -> weights(""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("does not match")
                .hasMessageContaining("recthink registry rollback");
    }

    @Test
    void itHasOneWriterAtATime() throws IOException {
        try (RegistryWriter first = writer()) {
            assertThat(first.nextNumber()).isOne();
            assertThatThrownBy(this::writer)
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageContaining("is in use by process")
                    .hasMessageContaining("retrain.name");
        }
        writer().close();
    }

    @Test
    void onlyTheFilesOfThePolicyAreCopied() throws IOException {
        Path policy = policy("one");
        Files.writeString(policy.resolve("modeling_own.py"), "print('never')");
        Files.writeString(policy.resolve("recthink.json"), terms());
        publish(1, "one");
        try (var files = Files.list(folder.resolve("registry/versions/000001/policy"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors", "tokenizer.json", "recthink.json");
        }
    }

    private static String terms() {
        return "{\"prompt\": {}, \"minRating\": 1, \"maxRating\": 5}";
    }

    private void publish(int number, String weights) throws IOException {
        try (RegistryWriter writer = writer()) {
            assertThat(writer.nextNumber()).isEqualTo(number);
            Integer parent = writer.registry().serving().map(Version::version).orElse(null);
            writer.record(version(number, Version.Status.PUBLISHED, policy(weights), parent));
            writer.serve(writer.registry().required(number));
        }
    }

    private Version version(int number, Version.Status status, Path policy, Integer parent) {
        return new Version(
                number,
                status,
                RegistryWriter.now(),
                policy.toString(),
                PolicyFolder.at(policy).sha256(),
                parent,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                List.of());
    }

    private Path policy(String weights) throws IOException {
        Path policy = Files.createDirectories(folder.resolve(weights));
        Files.writeString(policy.resolve("config.json"), "{}");
        Files.writeString(policy.resolve("tokenizer.json"), "{}");
        Files.writeString(policy.resolve("model.safetensors"), weights);
        return policy;
    }

    private String registry() {
        return folder.resolve("registry").toString();
    }

    private RegistryWriter writer() {
        return RegistryWriter.open(registry(), HADOOP);
    }

    private Registry reader() {
        return Registry.at(registry(), HADOOP);
    }

    private String weights(String which) throws IOException {
        String policy = PolicyArgument.find("policy", registry() + which, HADOOP)
                .folder()
                .path();
        return Files.readString(Path.of(policy.substring("file:".length())).resolve("model.safetensors"));
    }
}
