package io.recthink.spark.retrain;

import io.recthink.spark.page.TextTable;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The versions of a registry as text. */
public final class VersionTable {
    private VersionTable() {}

    /** One line a version. */
    public static String list(Registry registry) {
        Optional<Version> serving = registry.serving();
        List<List<String>> rows = new ArrayList<>();
        for (Version version : registry.versions()) {
            Measurement measured = version.measured();
            rows.add(List.of(
                    String.valueOf(version.version()),
                    HistoryPage.status(version, serving),
                    version.until() == null ? "by hand" : version.until(),
                    measured == null ? "" : NumberText.rows(measured.rows()),
                    measured == null
                            ? ""
                            : NumberText.stars(measured.candidate().mae()),
                    measured == null || measured.serving() == null
                            ? ""
                            : NumberText.stars(measured.serving().mae()),
                    measured == null ? "" : NumberText.difference(measured),
                    measured == null
                            ? ""
                            : NumberText.share(measured.candidate().failed()),
                    version.isPublished() && !registry.hasPolicy(version) ? "removed" : ""));
        }
        return new TextTable(
                        List.of(
                                "version",
                                "status",
                                "rows until",
                                "test rows",
                                "MAE",
                                "serving",
                                "difference [95 %]",
                                "unreadable",
                                "policy"),
                        rows,
                        List.of())
                .console();
    }

    /** Everything about one version. */
    public static String show(Registry registry, Version version) {
        StringBuilder text = new StringBuilder();
        line(text, "version", version.version() + ", " + HistoryPage.status(version, registry.serving()));
        line(text, "made", version.created());
        line(text, "sha256", version.sha256());
        line(text, "source", version.source());
        line(text, "trained from", version.parent() == null ? "train.start" : "version " + version.parent());
        line(text, "rows", "%s to %s".formatted(version.since() == null ? "start" : version.since(), version.until()));
        line(text, "seen until", String.valueOf(version.seenUntil()));
        Optional.ofNullable(version.withdrawn()).ifPresent(time -> line(text, "withdrawn", time));
        if (version.isPublished() && registry.hasPolicy(version)) {
            line(text, "policy", registry.policy(version));
        }
        version.rules().forEach(rule -> text.append("  ").append(rule.line()).append('\n'));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("%-14s%s%n".formatted(name, value));
    }
}
