package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Executes the notebooks, as they are, on the folder of a short quickstart: those for Jupyter where Python has their
 * packages, that for Zeppelin in Spark's own shell.
 */
class NotebooksIT {
    private static final Path NOTEBOOKS = Recthink.HOME.resolve("notebooks");
    private static final Path JAR = Path.of("target/recthink.jar").toAbsolutePath();

    @TempDir
    private static Path folder;

    private static Path root;

    @BeforeAll
    static void runTheQuickstart() throws Exception {
        root = folder.resolve("quickstart");
        List<String> words = new ArrayList<>(List.of("quickstart"));
        words.addAll(Recthink.smallWay(root));
        words.addAll(List.of(
                "--set=train.steps=2",
                "--set=train.promptsPerStep=8",
                "--set=validation={every: 1, rows: 20}",
                "--set=predict.validationRows=20"));
        Result result = new Recthink(folder, Map.of()).run(words);
        assertThat(result.status()).as(result.errors()).isZero();
    }

    /** Each notebook with what it prints of the quickstart, and a text of its tables. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "explore-data  | quickstart: 60 users, 20 items, global time split     | : true rating [1-5]<",
                "explore-run   | step [012] is chosen: the best on validation rows     | &lt;rate&gt;",
                "explore-table | SYSTEM = .[a-z-]+., READOUT = .greedy.                | predicted [1-5], true rating [1-5]<",
                "rate-pairs    | [0-9]+ pairs                                          | &lt;rate&gt;",
            })
    void notebooksForJupyterRunOnTheFolderOfTheQuickstart(String name, String printed, String shown) throws Exception {
        Python.require("pyspark", "numpy", "pandas", "matplotlib", "tokenizers", "nbclient", "ipykernel");
        Path executed = Python.execute(
                NOTEBOOKS.resolve(name + ".ipynb"),
                folder,
                Map.of("RECTHINK_ROOT", root.toString(), "RECTHINK_JAR", JAR.toString()));
        assertThat(executed).content().containsPattern(printed).containsPattern(shown);
    }

    @Test
    void theNotebookForZeppelinRunsInSparksShell() throws Exception {
        JsonNode note =
                new JsonMapper().readTree(NOTEBOOKS.resolve("recthink.zpln").toFile());
        StringBuilder input = new StringBuilder();
        int number = 0;
        for (JsonNode paragraph : note.get("paragraphs")) {
            String[] parts = paragraph.get("text").asText().split("\n", 2);
            if (parts[0].equals("%md")) {
                continue;
            }
            number++;
            // The last statement is reached only if the paragraph compiles and does not throw.
            String code =
                    switch (parts[0]) {
                        case "%spark" -> parts[1];
                        case "%spark.sql" ->
                            "val found = spark.sql(\"\"\"%s\"\"\").collect(); require(found.nonEmpty); found.foreach(println)"
                                    .formatted(parts[1]);
                        default -> throw new AssertionError("an unknown interpreter: " + parts[0]);
                    };
            Path file = folder.resolve("paragraph-%d.scala".formatted(number));
            Files.writeString(file, code + "\nprintln(\"PARAGRAPH %d ENDS\")\n".formatted(number));
            input.append(":paste ").append(file).append('\n');
        }
        String output = shell(input + ":quit\n");
        for (int i = 1; i <= number; i++) {
            assertThat(output).contains("PARAGRAPH %d ENDS\n".formatted(i));
        }
        assertThat(number).isEqualTo(9);
        assertThat(output)
                .contains("root: " + root, "0 of them without a readable rating")
                .contains("[bias,expectation,", "[grpo,greedy,")
                .contains("[user-000000,5,item-");
    }

    /** Runs Spark's shell with the jar, and returns what it printed. */
    private static String shell(String input) throws IOException, InterruptedException {
        Distribution spark = Distribution.SPARK_3_5;
        Path script = Files.writeString(folder.resolve("shell.txt"), input);
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        // What Spark needs of Java 17: this JVM was started with it.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        command.addAll(List.of(Recthink.SHORT_RUN.split(" ")));
        command.addAll(List.of(
                "-Xmx2g",
                "-Dscala.usejavacp=true",
                "-cp",
                spark.home().resolve("jars/*").toString(),
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "local[2]",
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.ui.showConsoleProgress=false",
                "--conf",
                "spark.sql.shuffle.partitions=2",
                "--jars",
                JAR.toString(),
                "--class",
                "org.apache.spark.repl.Main",
                "spark-shell"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectInput(script.toFile());
        builder.environment().put("SPARK_HOME", spark.home().toString());
        builder.environment().put("SPARK_SCALA_VERSION", spark.scalaVersion());
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        builder.environment().put("RECTHINK_ROOT", root.toString());
        return Program.run(builder, folder.resolve("shell.log"));
    }
}
