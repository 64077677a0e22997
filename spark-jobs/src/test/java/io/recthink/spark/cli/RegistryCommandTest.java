package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCommandTest {
    private static final String POLICY = Path.of("..", "conf", "quickstart-policy")
            .toAbsolutePath()
            .normalize()
            .toString();

    @TempDir
    private Path folder;

    @Test
    void versionsArePublishedListedAndRolledBackByHand() {
        assertThat(registry("publish", POLICY).output()).contains("registry/policy: version 1 serves");
        assertThat(registry("publish", POLICY).output()).contains("version 2 serves");
        assertThat(registry("list").output())
                .containsPattern("1 +published +by hand")
                .containsPattern("2 +serves +by hand");
        assertThat(registry("rollback", "1").output()).contains("version 1 serves");
        assertThat(registry("list").output())
                .containsPattern("1 +serves +by hand")
                .containsPattern("2 +withdrawn +by hand");
        assertThat(registry("show").output())
                .contains("1, serves")
                .contains("sha256")
                .contains("versions/000001/policy");
        assertThat(registry("show", "2").output()).contains("2, withdrawn").contains("trained from  version 1");
        assertThat(folder.resolve("registry/policy/history.html")).exists();
        assertThat(folder.resolve("registry/policy/lock.json")).doesNotExist();
    }

    @Test
    void pruneRemovesPoliciesAndSaysWhich() {
        for (int i = 0; i < 4; i++) {
            registry("publish", POLICY);
        }
        assertThat(registry("prune", "--keep", "1").output()).contains("removed the policies of the versions [1, 2]");
        assertThat(registry("list").output()).containsPattern("1 +published .* removed");
        CommandRun refused = registry("rollback", "1");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.errors()).contains("the policy of version 1 was removed");
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThat(registry("list").errors()).contains("is no registry").contains("paths.registry, retrain.name");
        assertThat(registry("rollback", "1").status()).isEqualTo(2);
        assertThat(folder.resolve("registry")).doesNotExist();
        CommandRun absent = registry("publish", folder.resolve("none").toString());
        assertThat(absent.status()).isEqualTo(2);
        assertThat(absent.errors()).contains("is neither the folder of a model");
        registry("publish", POLICY);
        assertThat(registry("show", "7").errors()).contains("has no version 7; its versions are [1]");
    }

    @Test
    void theOptionsOfNewPairsBelongTogether() {
        assertThat(run("predict", "--pairs=pairs.csv").errors()).contains("--pairs needs --output");
        assertThat(run("predict", "--output=ratings").errors()).contains("--output belongs to --pairs");
        assertThat(run("predict", "--policy=run").errors()).contains("--policy belongs to --pairs");
        assertThat(run("predict", "--policy=run").status()).isEqualTo(2);
    }

    private CommandRun registry(String... words) {
        List<String> all = new ArrayList<>(List.of("registry", words[0], "--set=paths.root=" + folder));
        all.addAll(List.of(words).subList(1, words.length));
        return CommandRun.of(all);
    }

    private static CommandRun run(String... words) {
        return CommandRun.of(List.of(words));
    }
}
