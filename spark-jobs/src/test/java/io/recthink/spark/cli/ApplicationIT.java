package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.spark.distribution.ConnectionWatch;
import io.recthink.spark.distribution.Recthink;
import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the packaged application as a user starts it: {@code bin/recthink}, Spark's SparkSubmit and the shaded jar. */
class ApplicationIT {
    @TempDir
    private Path folder;

    @Test
    void namesItsVersion() throws Exception {
        Result result = recthink("--version");
        assertThat(result.status()).as(result.errors()).isZero();
        assertThat(result.output()).startsWith("recthink ");
    }

    @Test
    void aModelAnswersThroughItsChatTemplate() throws Exception {
        Result result = recthink(
                "generate",
                "--model=" + Recthink.HOME.resolve("conf/quickstart-policy"),
                "--prompt=5 great sound. target sound",
                "--max-tokens=6",
                "--temperature=0",
                "--json");
        assertThat(result.status()).as(result.errors()).isZero();
        JsonNode answer = new ObjectMapper().readTree(result.output());
        assertThat(answer.path("promptTokens").size()).isGreaterThan(5);
        assertThat(answer.path("tokens").size())
                .isBetween(1, 6)
                .isEqualTo(answer.path("logprobs").size());
        assertThat(answer.path("text").asText()).startsWith("<analyze user>");
    }

    @Test
    void whatCannotBeUsedIsNamedInOneMessage() throws Exception {
        Result missing = recthink("prepare", "--config=" + folder.resolve("none.yaml"));
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.errors()).contains("none.yaml").doesNotContain("\tat ");

        Path file = Files.writeString(folder.resolve("wrong.yaml"), "train: {groupsize: 8}");
        Result unknown = recthink("prepare", "--config=" + file);
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.errors()).contains("groupsize").doesNotContain("\tat ");
    }

    @Test
    void aCheckoutBelowAPathWithABlankTakesSettingsAsJavaWritesThem() throws Exception {
        Path checkout = Files.createDirectories(folder.resolve("a checkout/of mine"));
        Files.createDirectories(checkout.resolve("spark-jobs/target"));
        for (String file : List.of("bin/recthink", "conf/log4j2.properties", "spark-jobs/target/recthink.jar")) {
            Files.createDirectories(checkout.resolve(file).getParent());
            Files.copy(Recthink.HOME.resolve(file), checkout.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path settings = Files.writeString(
                folder.resolve("my settings.conf"),
                "# mine\r\nspark.master=local[1]\r\nspark.driver.extraJavaOptions  -Dwhose=cluster\nspark.app.note: a b");
        ProcessBuilder builder = new ProcessBuilder(
                checkout.resolve("bin/recthink").toString(),
                "--settings",
                settings.toString(),
                "--verbose",
                "simulate",
                "--set=paths.root=" + folder.resolve("a root"),
                "--set=simulate.users=20",
                "--set=simulate.items=12");
        builder.environment()
                .put(
                        "SPARK_HOME",
                        Recthink.HOME
                                .resolve("spark-jobs/target/distribution/spark-3.5")
                                .toString());
        Path output = folder.resolve("output");
        int status = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(status).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output))
                .contains("(spark.master,local[1])", "(spark.driver.extraJavaOptions,-Dwhose=cluster)")
                .contains("(spark.app.note,a b)")
                .contains("log4j2.configurationFile");
        assertThat(folder.resolve("a root/log/reviews")).isNotEmptyDirectory();
    }

    @Test
    void nothingCallsHomeAndTheWatchWouldSeeIt() throws Exception {
        Path connections = folder.resolve("connections");
        Result quiet = generate(ConnectionWatch.options(connections));
        assertThat(quiet.status()).as(quiet.errors()).isZero();
        assertThat(ConnectionWatch.wanted(connections)).isEmpty();

        generate(ConnectionWatch.options(connections) + " -Dai.djl.offline=false -DOPT_OUT_TRACKING=false");
        assertThat(ConnectionWatch.wanted(connections))
                .as("DJL's own telemetry, switched on")
                .contains("169.254.169.254:80");
    }

    @Test
    void avroIsReadWithTheModuleOfTheSparkThatRuns() throws Exception {
        Result without = recthink("prepare", "--set=source.format=avro", "--set=source.reviews=" + folder);
        assertThat(without.status()).isEqualTo(2);
        assertThat(without.errors().lines())
                .singleElement()
                .asString()
                .contains("--packages org.apache.spark:spark-avro_2.12:3.5.7");
    }

    @Test
    void anotherVersionOfPyTorchIsNotDownloaded() throws Exception {
        Path connections = folder.resolve("connections");
        Map<String, String> environment = Map.of("PYTORCH_VERSION", "2.5.1", "PYTORCH_FLAVOR", "cpu");
        Result result = generate(environment, ConnectionWatch.options(connections));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.errors())
                .contains("PYTORCH_VERSION is 2.5.1", "PYTORCH_LIBRARY_PATH")
                .doesNotContain("\tat ");
        assertThat(ConnectionWatch.wanted(connections)).isEmpty();
    }

    private Result generate(String javaOptions) throws IOException, InterruptedException {
        return generate(Map.of(), javaOptions);
    }

    private Result generate(Map<String, String> environment, String javaOptions)
            throws IOException, InterruptedException {
        return recthink(
                environment,
                "--driver-java-options",
                javaOptions,
                "--driver-class-path",
                ConnectionWatch.classPath(),
                "generate",
                "--model=" + Recthink.HOME.resolve("conf/quickstart-policy"),
                "--prompt=5 great sound. target sound",
                "--max-tokens=2",
                "--temperature=0");
    }

    private Result recthink(String... arguments) throws IOException, InterruptedException {
        return recthink(Map.of(), arguments);
    }

    private Result recthink(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return new Recthink(folder, environment).run(List.of(arguments));
    }
}
