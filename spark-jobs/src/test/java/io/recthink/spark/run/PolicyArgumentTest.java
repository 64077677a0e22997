package io.recthink.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ModelConfig;
import io.recthink.spark.SparkTest;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyArgumentTest {
    @TempDir
    Path folder;

    @Test
    void aRunStandsForItsBestPolicyOnValidation() throws IOException {
        step(1, null);
        step(2, new Best(1, 0.5, 0.0));
        assertThat(resolve("")).isEqualTo(policy(1));
    }

    @Test
    void aRunWithoutValidationStandsForItsNewestPolicy() throws IOException {
        step(1, null);
        step(2, null);
        assertThat(resolve("")).isEqualTo(policy(2));
    }

    @Test
    void aStepCanBeNamed() throws IOException {
        step(1, null);
        step(2, new Best(1, 0.5, 0.0));
        assertThat(resolve("@2")).isEqualTo(policy(2));
        assertThatThrownBy(() -> resolve("@3"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has no complete step 3; its steps are [1, 2]");
    }

    @Test
    void aPolicyWhoseFilesAreNotThoseOfItsManifestIsRefusedHoweverItIsNamed() throws IOException {
        step(1, null);
        Path tokenizer = folder.resolve("step-000001/policy/tokenizer.json");
        Files.writeString(tokenizer, "acb");
        for (String name : List.of("", "@1", "/step-000001/policy")) {
            assertThatThrownBy(() -> resolve(name))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageMatching("file:" + tokenizer + " does not match file:" + folder
                            + "/step-000001/manifest.json: its sha256 is \\w{64}, not \\w{64}. Restore it, or name"
                            + " the policy of another step, as in file:" + folder + "@3.");
        }
        Files.writeString(tokenizer, "abcd");
        assertThatThrownBy(() -> resolve("")).hasMessageContaining("it has 4 bytes, not 3");
        Files.delete(tokenizer);
        assertThatThrownBy(() -> resolve(""))
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining("it is missing");
        Files.writeString(tokenizer, "abc");
        assertThat(resolve("")).isEqualTo(policy(1));
    }

    @Test
    void aFileThatWasAddedToAPolicyAndWouldBeUsedIsRefused() throws IOException {
        step(1, null);
        for (String name :
                List.of("chat_template.jinja", "recthink.json", "adapter_config.json", "model.safetensors")) {
            Path added = Files.writeString(folder.resolve("step-000001/policy").resolve(name), "{}");
            assertThatThrownBy(() -> resolve("@1"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("file:" + added + " is not among the files that file:" + folder
                            + "/step-000001/manifest.json names")
                    .hasMessageContaining("Remove it, or copy the policy's folder to another place");
            Files.delete(added);
        }
        Files.writeString(folder.resolve("step-000001/policy/README.md"), "a note");
        assertThat(resolve("@1")).isEqualTo(policy(1));
    }

    @Test
    void aStepWhoseManifestCannotBeReadIsNotSaidToBeThere() throws IOException {
        step(1, null);
        step(2, null);
        Files.writeString(folder.resolve("step-000001/manifest.json"), "{\"step\": 1,");
        assertThatThrownBy(() -> resolve("@1"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("file:" + folder + "/step-000001/manifest.json cannot be read: ");
        Files.writeString(folder.resolve("step-000001/manifest.json"), "");
        assertThatThrownBy(() -> resolve("@1")).hasMessageContaining("has no complete step 1; its steps are [2]");
    }

    @Test
    void aModelFolderIsNamedByTheHashOfItsWeights() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve("model.safetensors"), "abc");
        // printf abc | sha256sum
        assertThat(resolve("").sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        Files.writeString(folder.resolve("model.safetensors"), "abcd");
        assertThat(resolve("").sha256()).startsWith("88d4266fd4e6338d");
    }

    @Test
    void anAdapterFromElsewhereIsTakenWithTheModelThatItNames() throws IOException {
        Path model = Fixtures.folder("llama");
        writeAdapter(model, model.toString());
        PolicyReference policy = resolve("");
        assertThat(policy.model()).isEqualTo(PolicyArgument.resolve("x", model.toString(), SparkTest.spark()));
        assertThat(policy.adapter().lora().rank()).isEqualTo(4);
        assertThat(policy.adapter().weights()).hasSize(1);
    }

    @Test
    void anAdapterWhoseModelIsNotHereIsRefusedWithARemedy() throws IOException {
        writeAdapter(Fixtures.folder("llama"), "HuggingFaceTB/SmolLM2-135M-Instruct");
        assertThatThrownBy(() -> resolve(""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "file:" + folder + " names the base model HuggingFaceTB/SmolLM2-135M-Instruct, which is not a"
                                + " model folder here. Put the model there, or write its folder into base_model_name_or_path"
                                + " of adapter_config.json.");
    }

    private void writeAdapter(Path model, String name) {
        ModelConfig config = ModelConfig.read(model);
        try (AdapterFolder adapter = AdapterFolder.open(model.resolve("lora"), config)) {
            AdapterFolder.Base base = new AdapterFolder.Base(name, Optional.empty());
            AdapterFolder.write(folder, adapter.config(), base, adapter.layout(), adapter);
        }
    }

    @Test
    void aFolderThatIsNeitherIsRefused() {
        assertThatThrownBy(() -> resolve(""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "predict.policies.grpo: " + folder
                                + " is neither the folder of a model (no config.json) or of an adapter (no adapter_config.json) nor a run with a complete step nor a registry");
    }

    private void step(int step, Best best) throws IOException {
        Path path = Files.createDirectories(folder.resolve("step-00000" + step));
        Files.createDirectories(path.resolve("policy"));
        Files.writeString(path.resolve("policy/config.json"), "{}");
        Files.writeString(path.resolve("policy/tokenizer.json"), "abc");
        Manifest manifest = new Manifest(
                step,
                new PolicyVersion(step, "sha-" + step, null),
                null,
                new Cursor(0, 0),
                best,
                PublishedFiles.of(path));
        new ObjectMapper().writeValue(path.resolve("manifest.json").toFile(), manifest);
    }

    private PolicyReference resolve(String suffix) {
        return PolicyArgument.resolve("predict.policies.grpo", folder + suffix, SparkTest.spark());
    }

    private PolicyReference policy(int step) {
        String path = folder + "/step-00000" + step + "/policy";
        String digest = PolicyFolder.at(Path.of(path)).digest("sha-" + step);
        return new PolicyReference("file:" + path, step, "sha-" + step, digest);
    }
}
