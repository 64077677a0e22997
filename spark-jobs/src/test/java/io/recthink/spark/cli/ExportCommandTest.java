package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.Fixtures;
import io.recthink.model.AdapterFolder;
import io.recthink.model.LoraMerge;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.ParameterReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(execute("--adapter", MODEL.resolve("lora").toString(), "--output", output.toString()))
                .isEqualTo(2);
        assertThat(errors.toString()).startsWith("export: add --merge");
        assertThat(output).doesNotExist();
    }

    private int export(Path adapter, Path output) {
        return execute("--adapter", adapter.toString(), "--merge", "--output", output.toString());
    }

    private int execute(String... options) {
        CommandLine commands = Main.commandLine();
        commands.setErr(new PrintWriter(errors));
        commands.setOut(new PrintWriter(new StringWriter()));
        List<String> arguments = new ArrayList<>(List.of("export", "--model", MODEL.toString()));
        arguments.addAll(List.of(options));
        return commands.execute(arguments.toArray(String[]::new));
    }

    private static float[] values(ParameterReader reader, Parameter parameter) {
        var values = new float[(int) parameter.size()];
        reader.read(parameter, FloatBuffer.wrap(values));
        return values;
    }
}
