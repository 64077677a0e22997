package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportModelCommandTest {
    @TempDir
    private Path folder;

    @Test
    void saysWhatIsWrongWithTheFileAndLeavesNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a model");
        Path output = folder.resolve("model");
        CommandLine commands = Main.commandLine();
        StringWriter errors = new StringWriter();
        commands.setErr(new PrintWriter(errors));
        int status = commands.execute("import-model", "--gguf", file.toString(), "--output", output.toString());
        assertThat(status).isEqualTo(2);
        assertThat(errors).hasToString(file + ": is not a GGUF file" + System.lineSeparator());
        assertThat(output).doesNotExist();
    }
}
