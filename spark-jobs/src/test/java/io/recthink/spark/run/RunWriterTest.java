package io.recthink.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.FolderInUseException;
import io.recthink.spark.files.FolderLock;
import io.recthink.spark.files.Owner;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.run.RunWriter.PublishedPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunWriterTest {
    private final Configuration hadoop = new Configuration();

    @TempDir
    private Path scratch;

    private Path run;

    @BeforeEach
    void chooseRun() {
        run = scratch.resolve("run");
    }

    @Test
    void aStepCountsOnceItsManifestIsWritten() {
        try (RunWriter writer = open(false)) {
            PublishedPolicy policy = publish(writer, 0);
            assertThat(writer.folder().exists()).isFalse();
            complete(writer, 0, policy);
            assertThat(writer.folder().newest()).hasValueSatisfying(manifest -> {
                assertThat(manifest.step()).isZero();
                assertThat(manifest.policyVersion().sha256())
                        .isEqualTo(policy.policy().sha256());
                assertThat(manifest.files()).extracting(FileEntry::path).contains("policy/model.safetensors");
            });
        }
    }

    @Test
    void stepsWithoutAManifestAreRemovedOnResume() {
        try (RunWriter writer = open(false)) {
            complete(writer, 0, publish(writer, 0));
            publish(writer, 1);
        }
        write(run.resolve("eval/step-000001/predictions/part-0"), "x");
        try (RunWriter writer = open(true)) {
            assertThat(writer.newest()).map(Manifest::step).hasValue(0);
            assertThat(run.resolve("step-000001")).doesNotExist();
            assertThat(run.resolve("eval/step-000001")).doesNotExist();
            assertThat(run.resolve("step-000000")).exists();
        }
    }

    @Test
    void aManifestWithoutContentDoesNotCount() {
        twoSteps();
        write(run.resolve("step-000001/manifest.json"), "");
        assertThat(RunFolder.at(run.toString(), hadoop).newest())
                .map(Manifest::step)
                .hasValue(0);
        open(true).close();
        assertThat(run.resolve("step-000001")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"step\": 1, \"policyVer",
                "null",
                "[]",
                "{}",
                "{\"step\": 1} and more",
                "{\"step\": \"one\"}",
                "{\"step\": 1, \"cursor\": {}, \"files\": []}",
                "{\"format\": 2}",
                "{\"format\": \"new\"}",
            })
    void aManifestThatIsNotUnderstoodIsRefusedAndNothingIsRemoved(String manifest) {
        for (int step : new int[] {0, 1}) {
            twoSteps();
            Path file = run.resolve("step-00000" + step + "/manifest.json");
            write(file, manifest);
            for (boolean resume : new boolean[] {true, false}) {
                assertRefusedWithoutLoss(file, resume);
            }
            run = scratch.resolve("another-" + step);
        }
    }

    private void assertRefusedWithoutLoss(Path file, boolean resume) {
        List<Path> before = files();
        assertThatThrownBy(() -> open(resume))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .satisfiesAnyOf(
                        message -> assertThat(message).startsWith("file:" + file + " "),
                        message -> assertThat(message).contains("already contains a run"))
                .hasLineCount(1);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aManifestOfALaterFormatNamesTheRemedy() {
        twoSteps();
        Path file = run.resolve("step-000001/manifest.json");
        write(file, "{\"format\": 2, \"policy\": {}}");
        assertThatThrownBy(() -> open(true))
                .hasMessage("file:" + file + " has the format 2, and this recthink knows 1: a newer recthink wrote it."
                        + " Use the newer recthink.");
    }

    @Test
    void keysThatALaterVersionAddedAreReadOver() {
        twoSteps();
        for (String name : List.of("step-000000/manifest.json", "step-000001/manifest.json")) {
            String text = read(run.resolve(name));
            assertThat(text).contains("\"format\" : 1,");
            write(
                    run.resolve(name),
                    text.replace("\"cursor\" : {", "\"mood\" : {\"good\" : true}, \"cursor\" : {\"shard\" : 1, ")
                            .replace("\"format\" : 1,", name.contains("0001") ? "" : "\"format\" : 1,"));
        }
        try (RunWriter writer = open(true)) {
            assertThat(writer.newest()).map(Manifest::step).hasValue(1);
        }
    }

    @Test
    void aManifestThatCannotBeReadIsNotTakenForAbsent() throws IOException {
        twoSteps();
        Path file = run.resolve("step-000001/manifest.json");
        Files.delete(file);
        Files.createDirectory(file);
        assertRefusedWithoutLoss(file, true);
        Files.delete(file);
        Files.createSymbolicLink(file, scratch.resolve("nowhere"));
        assertRefusedWithoutLoss(file, true);
    }

    @Test
    void aStepThatLiesElsewhereAndIsNotThereNowIsNotOverlooked() throws IOException {
        twoSteps();
        Path step = run.resolve("step-000000");
        Files.move(step, scratch.resolve("archive"));
        Files.createSymbolicLink(step, scratch.resolve("archive"));
        open(true).close();
        Files.move(scratch.resolve("archive"), scratch.resolve("not mounted"));
        assertRefusedWithoutLoss(step, true);
        assertRefusedWithoutLoss(step, false);
    }

    @Test
    void aManifestThatThisUserMayNotReadIsNotTakenForAbsent() throws IOException {
        twoSteps();
        Path file = run.resolve("step-000001/manifest.json");
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isReadable(file), "root may read everything");
        assertRefusedWithoutLoss(file, true);
        Files.setPosixFilePermissions(run.resolve("step-000001"), Set.of());
        assertThatThrownBy(() -> open(true)).hasMessageContaining(file + " cannot be read: permission denied");
        Files.setPosixFilePermissions(run.resolve("step-000001"), PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aManifestOfAnotherStepIsRefused() throws IOException {
        twoSteps();
        Path file = run.resolve("step-000001/manifest.json");
        Files.copy(run.resolve("step-000000/manifest.json"), file, StandardCopyOption.REPLACE_EXISTING);
        assertRefusedWithoutLoss(file, true);
        assertThatThrownBy(() -> open(true)).hasMessageContaining("says that it belongs to step 0");
    }

    @Test
    void aDescriptionThatIsNotUnderstoodIsRefusedBeforeAnythingIsRemoved() {
        try (RunWriter writer = open(false)) {
            publish(writer, 0);
        }
        for (String text : List.of("{\"runId\": ", "{\"format\": 2}", "{}")) {
            write(run.resolve("run.json"), text);
            assertRefusedWithoutLoss(run.resolve("run.json"), true);
        }
        write(run.resolve("run.json"), ""); // killed while it was written
        open(true).close();
        assertThat(run.resolve("step-000000")).doesNotExist();
    }

    @Test
    void anEmptyDescriptionOfARunIsNamed() {
        twoSteps();
        RunFolder folder = RunFolder.at(run.toString(), hadoop);
        write(run.resolve("run.json"), "");
        assertThatThrownBy(folder::description)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "file:" + run
                                + "/run.json is empty: it was not written or copied completely. Restore it, or start another run.");
        write(run.resolve("config.yaml"), "\n");
        assertThatThrownBy(folder::configuration)
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("file:" + run + "/config.yaml has no content. Restore it, or start another run.");
    }

    @Test
    void theStartingPolicyIsComparedOnResumeToo() {
        twoSteps();
        write(run.resolve("step-000000/policy/model.safetensors"), "weights of step 9");
        assertRefusedWithoutLoss(run.resolve("step-000000/policy/model.safetensors"), true);
        write(run.resolve("step-000000/policy/model.safetensors"), "weights of step 0");
        write(run.resolve("step-000000/policy/chat_template.jinja"), "{{ messages }}");
        assertRefusedWithoutLoss(run.resolve("step-000000/policy/chat_template.jinja"), true);
    }

    @Test
    void anOptimizerThatTheManifestDoesNotNameIsNotReadFrom() {
        twoSteps();
        write(run.resolve("step-000001/optimizer/optimizer.safetensors"), "from elsewhere");
        try (RunWriter writer = open(true)) {
            assertThatThrownBy(() -> writer.readOptimizer(1, file -> file))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("optimizer.safetensors is not among the files");
        }
    }

    @Test
    void aLockThatALaterVersionWroteHolds() {
        Map<String, Object> lock =
                Map.of("token", "t", "host", "elsewhere", "process", 1, "processStart", 1, "user", "u");
        writeLock(with(lock, now()));
        assertThatThrownBy(() -> open(false)).isInstanceOf(FolderInUseException.class);
        write(run.resolve("lock.json"), "{\"owner\": 1}");
        assertThatThrownBy(() -> open(false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("lock.json cannot be read: no token. Delete it when no other recthink");
    }

    private void twoSteps() {
        try (RunWriter writer = open(false)) {
            complete(writer, 0, publish(writer, 0));
            complete(writer, 1, publish(writer, 1));
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.walk(run)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatChangedSinceItsManifestStopsTheResume() {
        try (RunWriter writer = open(false)) {
            complete(writer, 0, publish(writer, 0));
        }
        write(run.resolve("step-000000/policy/model.safetensors"), "weights 1");
        assertThatThrownBy(() -> open(true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("step-000000/policy/model.safetensors does not match")
                .hasMessageContaining("Restore it");
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void aSecondRunIntoTheFolderIsRefused() {
        try (RunWriter first = open(false)) {
            assertThatThrownBy(() -> open(true))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(
                            "is in use by process " + ProcessHandle.current().pid())
                    .hasMessageContaining("choose another folder for the run (paths.warmStart)");
            complete(first, 0, publish(first, 0));
        }
        assertThatThrownBy(() -> open(false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("already contains a run")
                .hasMessageContaining("--resume");
    }

    @Test
    void theLockOfAProcessThatIsGoneGivesWay() {
        writeLock(Map.of("token", "t", "host", hostName(), "process", 1L << 40, "processStart", 1, "renewed", now()));
        try (RunWriter writer = open(true)) {
            assertThat(writer.folder().exists()).isFalse();
        }
    }

    @Test
    void theLockOfAnotherHostGivesWayOnceItIsSilent() {
        long stale = now() - Owner.STALE.toMillis() - 1;
        Map<String, Object> lock = Map.of("token", "t", "host", "elsewhere", "process", 1, "processStart", 1);
        writeLock(with(lock, now()));
        assertThatThrownBy(() -> open(false))
                .isInstanceOf(FolderInUseException.class)
                .hasMessageContaining("elsewhere");
        writeLock(with(lock, stale));
        open(true).close();
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void whoResumesWaitsUntilTheLockOfAnotherHostIsSilent() {
        Map<String, Object> lock = Map.of("token", "t", "host", "elsewhere", "process", 1, "processStart", 1);
        long soonStale = now() - Owner.STALE.toMillis() + 2000;
        writeLock(with(lock, soonStale));
        open(true).close();
        assertThat(now()).isGreaterThanOrEqualTo(soonStale + Owner.STALE.toMillis());
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void aLockThatDoesNotChangeIsSilentWhateverTheClockOfItsHostSays() {
        Map<String, Object> lock = Map.of("token", "t", "host", "elsewhere", "process", 1, "processStart", 1);
        writeLock(with(lock, now() + 3_600_000));
        FolderLock.take(storage(), Duration.ofSeconds(2), RunFolder.another("paths.warmStart"))
                .close();
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void aLockThatIsRenewedMeanwhileIsAlive() throws InterruptedException {
        Map<String, Object> lock = Map.of("token", "t", "host", "elsewhere", "process", 1, "processStart", 1);
        writeLock(with(lock, now()));
        Thread owner = new Thread(() -> {
            pause();
            writeLock(with(lock, now()));
        });
        owner.start();
        assertThatThrownBy(
                        () -> FolderLock.take(storage(), Duration.ofSeconds(3), RunFolder.another("paths.warmStart")))
                .isInstanceOf(FolderInUseException.class)
                .hasMessageContaining("elsewhere");
        owner.join();
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Storage storage() {
        return Storage.at(run.toString(), hadoop);
    }

    @Test
    void aLockThatWasCutShortGivesWay() {
        write(run.resolve("lock.json"), "{\"token\":");
        open(true).close();
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void aRunThatLostItsLockCompletesNoStep() {
        try (RunWriter writer = open(false)) {
            PublishedPolicy policy = publish(writer, 0);
            writeLock(Map.of("token", "t", "host", "elsewhere", "process", 1, "processStart", 1, "renewed", now()));
            assertThatThrownBy(() -> complete(writer, 0, policy)).hasMessageContaining("is in use");
        }
        assertThat(run.resolve("step-000000/manifest.json")).doesNotExist();
        assertThat(run.resolve("lock.json")).exists();
    }

    @Test
    void aFolderWithOtherThingsIsRefused() {
        write(run.resolve("thesis.txt"), "x");
        assertThatThrownBy(() -> open(false)).hasMessageContaining("is not empty and not a run folder");
        assertThat(run.resolve("lock.json")).doesNotExist();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        write(scratch.resolve("file"), "x");
        run = scratch.resolve("file/run");
        assertThatThrownBy(() -> open(false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(run.toString())
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("permissions");
    }

    @Test
    void aFullDiskIsNamed() throws IOException {
        try (RunWriter writer = open(false)) {
            Files.createDirectories(run.resolve("step-000001"));
            // The name under which a local file is written first.
            Files.createSymbolicLink(
                    run.resolve("step-000001/.metrics.json.%d.part"
                            .formatted(ProcessHandle.current().pid())),
                    Path.of("/dev/full"));
            assertThatThrownBy(() -> writer.writeMetrics(1, Map.of("step", 1)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("metrics.json cannot be written: No space left on device. Free space there");
        }
    }

    @Test
    void aStepThatIsForgottenKeepsItsRecord() {
        try (RunWriter writer = open(false)) {
            complete(writer, 0, publish(writer, 0));
            complete(writer, 1, publish(writer, 1));
            writer.forget(0);
            RunFolder folder = writer.folder();
            assertThat(folder.manifests()).extracting(Manifest::step).containsExactly(0, 1);
            assertThatThrownBy(() -> folder.policy(folder.required(0)))
                    .hasMessageContaining("has not kept the policy of step 0");
            assertThat(folder.policy(folder.required(1))).endsWith("step-000001/policy");
        }
    }

    @Test
    void theBestStepIsTheOneOnValidation() {
        try (RunWriter writer = open(false)) {
            complete(writer, 0, publish(writer, 0));
            PublishedPolicy policy = publish(writer, 1);
            writer.complete(manifest(1, policy, new Best(0, 0.7, 0.0)));
            assertThat(writer.folder().best().step()).isZero();
        }
    }

    private RunWriter open(boolean resume) {
        return RunWriter.open("paths.warmStart", run.toString(), hadoop, resume);
    }

    private static PublishedPolicy publish(RunWriter writer, int step) {
        return writer.publishPolicy(step, folder -> {
            write(folder.resolve("config.json"), "{}");
            write(folder.resolve("model.safetensors"), "weights of step " + step);
        });
    }

    private static void complete(RunWriter writer, int step, PublishedPolicy policy) {
        writer.complete(manifest(step, policy, null));
    }

    private static Manifest manifest(int step, PublishedPolicy policy, Best best) {
        PolicyVersion version = PolicyVersion.of(policy.policy());
        return new Manifest(step, version, "parent", Cursor.START, best, new ArrayList<>(policy.files()));
    }

    private void writeLock(Map<String, ?> lock) {
        List<String> fields = lock.entrySet().stream()
                .map(e -> "\"%s\": %s"
                        .formatted(e.getKey(), e.getValue() instanceof String s ? "\"" + s + "\"" : e.getValue()))
                .toList();
        write(run.resolve("lock.json"), "{" + String.join(", ", fields) + "}");
    }

    private static Map<String, Object> with(Map<String, Object> lock, long renewed) {
        Map<String, Object> all = new java.util.HashMap<>(lock);
        all.put("renewed", renewed);
        return all;
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    private static String hostName() {
        try {
            return java.net.InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException e) {
            return "localhost";
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
