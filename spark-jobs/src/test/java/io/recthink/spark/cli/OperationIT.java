package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.distribution.Recthink;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the first code block of docs/operation.md as it stands. */
class OperationIT {
    private static final Pattern FIRST_BLOCK = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theDemonstrationEndsWithAServingAWithdrawnAndARefusedVersion() throws Exception {
        for (String name : List.of("bin", "conf", "spark-jobs", "pom.xml", "common")) {
            Files.createSymbolicLink(folder.resolve(name), Recthink.HOME.resolve(name));
        }
        Path log = folder.resolve("demonstration.log");
        Process shell = new ProcessBuilder("bash", "-e", "-c", firstBlock())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!shell.waitFor(10, TimeUnit.MINUTES)) {
            shell.destroyForcibly();
        }
        String said = Files.readString(log);
        assertThat(shell.waitFor()).as(said).isZero();

        Registry registry =
                Registry.at(folder.resolve("work/retrain/registry/ratings").toString(), new Configuration());
        List<Version> versions = registry.versions();
        assertThat(versions).hasSize(3);
        assertThat(registry.serving().orElseThrow().version()).isOne();
        assertThat(versions.get(1).withdrawn()).isNotNull();
        assertThat(versions.get(2).isPublished()).isFalse();
        assertThat(said)
                .containsPattern("1 +serves +2023-07-01")
                .containsPattern("2 +withdrawn +2024-07-01")
                .containsPattern("3 +refused +2025-01-01");

        // The users become stricter between the cycles: most of what is lost comes back.
        Measurement before = versions.get(0).measured();
        Measurement after = versions.get(1).measured();
        double lost = after.serving().mae() - before.candidate().mae();
        double recovered = after.serving().mae() - after.candidate().mae();
        assertThat(lost).isGreaterThan(0.1);
        assertThat(recovered).as("of %s lost", lost).isGreaterThan(0.5 * lost);
        assertThat(after.differenceHigh()).isNegative();
    }

    private static String firstBlock() throws IOException {
        Matcher block = FIRST_BLOCK.matcher(Files.readString(Recthink.HOME.resolve("docs/operation.md")));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }
}
