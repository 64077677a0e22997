package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.Fixtures;
import io.recthink.model.AdapterFolder;
import io.recthink.model.LoraMerge;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.ParameterReader;
import io.recthink.spark.run.PolicyFolder;
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
        Path adapter = folder.resolve("adapter");
        try (ModelFolder base = ModelFolder.open(MODEL);
                AdapterFolder fixture = AdapterFolder.open(MODEL.resolve("lora"), base.config())) {
            String sha256 = PolicyFolder.at(MODEL).sha256();
            AdapterFolder.Base named = new AdapterFolder.Base(MODEL.toString(), Optional.of(sha256));
            AdapterFolder.write(adapter, fixture.config(), named, fixture.layout(), fixture);
        }
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
