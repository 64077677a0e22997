package io.recthink.config;

import java.util.Map;

/** The section {@code paths}: the folders and files that the jobs read and write. */
public record Paths(
        String root,
        String log,
        String data,
        String model,
        String teacher,
        String traces,
        String warmStart,
        String run,
        String predictions,
        String validationPredictions,
        String mf,
        String review,
        String table,
        String probes,
        String registry,
        String cycles,
        String report)
        implements Section {
    /** The begin of a name that stands for a folder below {@link #registry}. */
    public static final String REGISTRY = "registry:";

    @Override
    public void check(Problems problems) {
        problems.require(!registry.startsWith(REGISTRY), "registry", "a folder, not the name of a registry", registry);
        Map.ofEntries(
                        Map.entry("root", root),
                        Map.entry("log", log),
                        Map.entry("data", data),
                        Map.entry("model", model),
                        Map.entry("teacher", teacher),
                        Map.entry("traces", traces),
                        Map.entry("warmStart", warmStart),
                        Map.entry("run", run),
                        Map.entry("predictions", predictions),
                        Map.entry("validationPredictions", validationPredictions),
                        Map.entry("mf", mf),
                        Map.entry("review", review),
                        Map.entry("table", table),
                        Map.entry("probes", probes),
                        Map.entry("registry", registry),
                        Map.entry("cycles", cycles),
                        Map.entry("report", report))
                .forEach((key, path) -> problems.require(!path.isBlank(), key, "a path", "empty"));
    }

    /**
     * Resolves a configured path: a relative path starts at {@link #root}, an absolute path or a URI stays as it is, and
     * {@code registry:NAME} is the folder NAME below {@link #registry}.
     */
    public String resolve(String path) {
        if (path.startsWith(REGISTRY)) {
            return resolve(registry) + "/" + path.substring(REGISTRY.length());
        }
        return path.startsWith("/") || path.matches("[a-z][a-z0-9+.-]*:.*") ? path : root + "/" + path;
    }
}
