package io.recthink.spark.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.model.ModelFolder;
import io.recthink.spark.SparkTest;
import io.recthink.spark.train.ElsewhereFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Model folders as people have them, on storage that is not local. */
class PolicyStoreTest {
    private static final Configuration HADOOP = SparkTest.spark().sparkContext().hadoopConfiguration();

    @TempDir
    private Path root;

    private Path model;

    @BeforeEach
    void copyModel() throws IOException {
        HADOOP.set("fs.elsewhere.impl", ElsewhereFileSystem.class.getName());
        model = Files.createDirectories(root.resolve("model"));
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")) {
            Files.copy(Fixtures.folder("llama").resolve(name), model.resolve(name));
        }
    }

    @Test
    void copiesWhatAModelNeedsAndPassesOverTheRest() throws IOException {
        for (String folder : List.of("onnx", "original", ".git", "model.safetensors.d")) {
            Files.createDirectories(model.resolve(folder));
            Files.writeString(model.resolve(folder).resolve("config.json"), "{");
        }
        for (String file : List.of("README.md", "pytorch_model.bin", ".gitattributes", "consolidated.safetensors")) {
            Files.writeString(model.resolve(file), "of no interest");
        }
        Path copy = PolicyStore.localize(elsewhere(model).reference());
        assertThat(names(copy))
                .containsExactlyInAnyOrder(
                        "config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");
        ModelFolder.open(copy).close();
    }

    @Test
    void otherFilesDoNotChangeWhatAPolicyIs() throws IOException {
        PolicyReference before = PolicyFolder.at(model).reference();
        Files.writeString(model.resolve("README.md"), "a card");
        Files.writeString(model.resolve("consolidated.safetensors"), "the same weights for another program");
        Files.createDirectories(model.resolve("onnx"));
        assertThat(PolicyFolder.at(model).reference()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "generation_config.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "special_tokens_map.json",
                "chat_template.jinja"
            })
    void everySettingChangesWhatAPolicyIs(String file) throws IOException {
        PolicyReference before = PolicyFolder.at(model).reference();
        Files.writeString(model.resolve(file), "{\"changed\": true}");
        PolicyReference after = PolicyFolder.at(model).reference();
        assertThat(after.sha256()).isEqualTo(before.sha256());
        assertThat(after.digest()).isNotEqualTo(before.digest());
    }

    @Test
    void copiesOfTheSameWeightsWithOtherSettingsAreKeptApart() throws IOException {
        Path first = PolicyStore.localize(elsewhere(model).reference());
        Files.writeString(model.resolve("chat_template.jinja"), "another");
        Path second = PolicyStore.localize(elsewhere(model).reference());
        assertThat(first.resolve("chat_template.jinja")).doesNotExist();
        assertThat(second.resolve("chat_template.jinja")).hasContent("another");
    }

    @Test
    void aFolderThatNoRunPublishedIsCopiedAgainWhenItHasChanged() throws IOException {
        PolicyStore.localize("elsewhere:" + model);
        Files.writeString(model.resolve("chat_template.jinja"), "a longer one");
        assertThat(PolicyStore.localize("elsewhere:" + model).resolve("chat_template.jinja"))
                .hasContent("a longer one");
    }

    @Test
    void refusesSettingsThatChangedSinceTheyWereLookedUp() throws IOException {
        PolicyReference policy = elsewhere(model).reference();
        Files.writeString(model.resolve("generation_config.json"), "{}");
        assertThatThrownBy(() -> PolicyStore.localize(policy))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(policy.path() + ": its configuration, tokenizer or template was changed after it was"
                        + " published. Restore it, or start again.");
    }

    @Test
    void copiesAllShardsAndTheirIndex() throws IOException {
        Files.move(model.resolve("model.safetensors"), model.resolve("model-00001-of-00001.safetensors"));
        Files.writeString(
                model.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"model.norm.weight\": \"model-00001-of-00001.safetensors\"}}");
        Path copy = PolicyStore.localize(elsewhere(model).reference());
        assertThat(names(copy)).contains("model-00001-of-00001.safetensors", "model.safetensors.index.json");
        ModelFolder.open(copy).close();
        Files.delete(model.resolve("model-00001-of-00001.safetensors"));
        assertThatThrownBy(() -> elsewhere(model).reference())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("model-00001-of-00001.safetensors is missing in elsewhere:" + model);
    }

    @Test
    void refusesAFolderWithoutSafetensors() throws IOException {
        Files.move(model.resolve("model.safetensors"), model.resolve("pytorch_model.bin"));
        assertThatThrownBy(() -> PolicyFolder.at(model).reference())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has neither model.safetensors nor model.safetensors.index.json. Save the model");
    }

    private static PolicyFolder elsewhere(Path folder) {
        return PolicyFolder.at("elsewhere:" + folder, HADOOP);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
