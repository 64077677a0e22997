package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Fixtures;
import io.recthink.model.AdapterFolder;
import io.recthink.model.LoraMerge;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.ParameterReader;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.run.Best;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.PublishedFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExportCommandTest {
    private static final Path MODEL = Fixtures.folder("llama3");

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();

    @Test
    void writesTheMergedModelWithItsTokenizer() throws IOException {
        Path output = folder.resolve("merged");
        assertThat(export(MODEL.resolve("lora"), output)).isZero();
        try (ModelFolder base = ModelFolder.open(MODEL);
                AdapterFolder adapter = AdapterFolder.open(MODEL.resolve("lora"), base.config());
                ModelFolder merged = ModelFolder.open(output)) {
            assertThat(merged.config()).isEqualTo(base.config());
            var expected = new LoraMerge(base.config(), base, adapter.config(), adapter);
            int changed = 0;
            for (Parameter parameter : base.layout().parameters()) {
                float[] values = values(merged, parameter);
                assertThat(values).as(parameter.name()).containsExactly(values(expected, parameter));
                changed += values[0] == values(base, parameter)[0] ? 0 : 1;
            }
            assertThat(changed).isEqualTo(2 * 7);
        }
        for (String name : new String[] {"tokenizer.json", "chat_template.jinja"}) {
            assertThat(output.resolve(name)).hasSameBinaryContentAs(MODEL.resolve(name));
        }
    }

    @Test
    void takesTheModelThatTheAdapterNamesAndRefusesAnother() throws IOException {
        Path adapter = writeAdapter(folder.resolve("adapter"), 1);
        assertThat(execute("export", "--adapter", adapter.toString(), "--merge", "--output", folder + "/named"))
                .isZero();
        assertThat(export(MODEL.resolve("lora"), folder.resolve("given"))).isZero();
        assertThat(folder.resolve("named/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("given/model.safetensors"));
        Path other = folder.resolve("given");
        assertThat(execute(
                        "export",
                        "--model",
                        other.toString(),
                        "--adapter",
                        adapter.toString(),
                        "--merge",
                        "--output",
                        folder + "/other"))
                .isEqualTo(2);
        assertThat(errors.toString())
                .contains("file:" + other + " is not the base model that the adapter was made for: its weights");
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void aRunStandsForItsBestAdapterAndAStepCanBeNamed() throws IOException {
        Path run = folder.resolve("run");
        Path first = writeStep(run, 1, 0.5f, null);
        writeStep(run, 2, 1, new Best(1, 0.25, 0.0));
        assertThat(merge(run.toString(), "best")).isZero();
        assertThat(merge(first.toString(), "first")).isZero();
        assertThat(merge(run + "@2", "second")).isZero();
        assertThat(merge("file:" + run + "@2", "second-by-url")).isZero();
        assertThat(merge(MODEL + "/lora", "fixture", "--model", MODEL.toString()))
                .isZero();
        assertThat(weights("best")).hasSameBinaryContentAs(weights("first"));
        assertThat(weights("second")).hasSameBinaryContentAs(weights("fixture"));
        assertThat(weights("second-by-url")).hasSameBinaryContentAs(weights("fixture"));
        assertThat(Files.mismatch(weights("best"), weights("second"))).isNotNegative();

        assertThat(merge(run + "@3", "third")).isEqualTo(2);
        assertThat(errors.toString()).contains("run has no complete step 3; its steps are [1, 2]");
        assertThat(folder.resolve("third")).doesNotExist();
    }

    @Test
    void refusesAPolicyThatIsNoAdapterAndAFolderThatHoldsNone() {
        assertThat(merge(MODEL.toString(), "merged")).isEqualTo(2);
        assertThat(errors.toString())
                .contains("--adapter: file:" + MODEL.toAbsolutePath()
                        + " contains a model, not an adapter; name the model by --model");
        assertThat(merge(folder.toString(), "merged")).isEqualTo(2);
        assertThat(errors.toString()).contains("--adapter: file:" + folder + " is neither the folder of a model");
        assertThat(folder.resolve("merged")).doesNotExist();
    }

    @Test
    void asksForTheModelOfAnAdapterThatNamesNone() {
        Path adapter = MODEL.resolve("lora");
        assertThat(execute("export", "--adapter", adapter.toString(), "--merge", "--output", folder + "/merged"))
                .isEqualTo(2);
        assertThat(errors.toString())
                .contains("names no base model. Write the folder of the model into base_model_name_or_path of"
                        + " adapter_config.json.");
    }

    @Test
    void refusesAnAdapterOfAnotherModelAndLeavesNoFolder() {
        Path output = folder.resolve("merged");
        assertThat(export(Fixtures.folder("qwen3").resolve("lora"), output)).isEqualTo(2);
        assertThat(errors.toString()).contains("take the model that the adapter was made for");
        assertThat(output).doesNotExist();
    }

    @Test
    void leavesAFolderThatIsThere() throws IOException {
        Path output = Files.createDirectory(folder.resolve("merged"));
        assertThat(export(MODEL.resolve("lora"), output)).isEqualTo(2);
        assertThat(errors)
                .hasToString(output + ": exists already; give another folder or remove it" + System.lineSeparator());
        assertThat(output).isEmptyDirectory();
    }

    @Test
    void asksForMerge() {
        Path output = folder.resolve("merged");
        assertThat(executeWithModel("--adapter", MODEL.resolve("lora").toString(), "--output", output.toString()))
                .isEqualTo(2);
        assertThat(errors.toString()).startsWith("export: add --merge");
        assertThat(output).doesNotExist();
    }

    /** Writes a complete step of a run. The policy of the step is the adapter of the fixture, times a factor. */
    private static Path writeStep(Path run, int step, float factor, Best best) throws IOException {
        Path path = run.resolve("step-00000" + step);
        Path policy = writeAdapter(path.resolve("policy"), factor);
        PolicyVersion version = new PolicyVersion(step, PolicyFolder.at(policy).sha256(), null);
        Manifest manifest = new Manifest(step, version, null, new Cursor(0, 0), best, PublishedFiles.of(path));
        new ObjectMapper().writeValue(path.resolve("manifest.json").toFile(), manifest);
        return policy;
    }

    /** Writes the adapter of the fixture, times a factor, with the name of its model. */
    private static Path writeAdapter(Path folder, float factor) {
        try (ModelFolder base = ModelFolder.open(MODEL);
                AdapterFolder fixture = AdapterFolder.open(MODEL.resolve("lora"), base.config())) {
            String sha256 = PolicyFolder.at(MODEL).sha256();
            AdapterFolder.Base named = new AdapterFolder.Base(MODEL.toString(), Optional.of(sha256));
            AdapterFolder.write(folder, fixture.config(), named, fixture.layout(), (parameter, out) -> {
                float[] values = values(fixture, parameter);
                for (float value : values) {
                    out.put(value * factor);
                }
            });
        }
        return folder;
    }

    private Path weights(String output) {
        return folder.resolve(output).resolve("model.safetensors");
    }

    private int merge(String adapter, String output, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("export", "--adapter", adapter, "--merge", "--output", folder + "/" + output));
        arguments.addAll(List.of(more));
        return execute(arguments.toArray(String[]::new));
    }

    private int export(Path adapter, Path output) {
        return executeWithModel("--adapter", adapter.toString(), "--merge", "--output", output.toString());
    }

    private int executeWithModel(String... options) {
        List<String> arguments = new ArrayList<>(List.of("export", "--model", MODEL.toString()));
        arguments.addAll(List.of(options));
        return execute(arguments.toArray(String[]::new));
    }

    private int execute(String... arguments) {
        CommandLine commands = Main.commandLine();
        commands.setErr(new PrintWriter(errors));
        commands.setOut(new PrintWriter(new StringWriter()));
        return commands.execute(arguments);
    }

    private static float[] values(ParameterReader reader, Parameter parameter) {
        var values = new float[(int) parameter.size()];
        reader.read(parameter, FloatBuffer.wrap(values));
        return values;
    }
}
