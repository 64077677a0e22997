package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.model.FolderFiles;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.Storage;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;

/** Compares the files of a complete step with its manifest. */
final class StepFiles {
    private static final String POLICY = "policy/";
    private static final String OPTIMIZER = "optimizer/";
    private static final String REMOVE =
            "Remove it, or copy the policy's folder to another place and name the copy to use the policy with the"
                    + " file.";
    private static final Set<String> VERIFIED = ConcurrentHashMap.newKeySet();

    private final Storage storage;
    private final Manifest manifest;
    private final String step;

    StepFiles(Storage storage, Manifest manifest) {
        this.storage = storage;
        this.manifest = manifest;
        this.step = RunFolder.stepName(manifest.step()) + "/";
    }

    /** Whether the step still has its policy. */
    boolean hasPolicy() {
        return !storage.list(step + POLICY).isEmpty();
    }

    /**
     * Compares the content of all files.
     *
     * @throws InvalidInputException when a file is missing or changed, or the policy has a file that the step did not
     *     write
     */
    void verify(String remedy) {
        verify(file -> !file.path().startsWith(POLICY), remedy);
        verifyPolicy(remedy);
    }

    /**
     * Compares the content of the files of a step whose policy and optimizer may have been removed.
     *
     * @throws InvalidInputException as {@link #verify}
     */
    void verifyRemaining(String remedy) {
        verify(file -> !file.path().startsWith(POLICY) && !file.path().startsWith(OPTIMIZER), remedy);
        if (!storage.list(step + OPTIMIZER).isEmpty()) {
            verify(file -> file.path().startsWith(OPTIMIZER), remedy);
        }
        if (hasPolicy()) {
            verifyPolicy(remedy);
        }
    }

    /**
     * Compares the content of the policy's files. A process does this again only when names, lengths or times of the
     * files change.
     *
     * @throws InvalidInputException when a file is missing, changed or added
     */
    void verifyPolicy(String remedy) {
        String state = state();
        if (VERIFIED.contains(state)) {
            return;
        }
        refuseAdded();
        verify(file -> file.path().startsWith(POLICY), remedy);
        VERIFIED.add(state);
    }

    /**
     * Compares names and sizes of the files of a table.
     *
     * @throws InvalidInputException when a file is missing or changed
     */
    void requireTable(String table, String remedy) {
        manifest.files().stream()
                .filter(file -> file.path().startsWith(table + "/"))
                .forEach(file -> requireSize(file, remedy));
    }

    private String state() {
        String found = storage.list(step + POLICY).stream()
                .map(file -> "%s %d %d".formatted(file.getPath(), file.getLen(), file.getModificationTime()))
                .collect(Collectors.joining("\n"));
        return Storage.sha256(found + manifest.files());
    }

    /** Refuses additional files beside the weights: the model would use an added template or other settings. */
    private void refuseAdded() {
        Set<String> named = manifest.files().stream().map(FileEntry::path).collect(Collectors.toSet());
        storage.list(step + POLICY).stream()
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().getName())
                .filter(StepFiles::counts)
                .filter(name -> !named.contains(POLICY + name))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidInputException("%s is not among the files that %s names, and would be used. %s"
                            .formatted(storage.path(step + POLICY + name), manifestFile(), REMOVE));
                });
    }

    private static boolean counts(String name) {
        return FolderFiles.isSetting(name)
                || name.equals(FolderFiles.INDEX)
                || name.equals(PolicyTerms.FILE)
                || name.endsWith(".safetensors");
    }

    private void verify(Predicate<FileEntry> which, String remedy) {
        for (FileEntry file : manifest.files().stream().filter(which).toList()) {
            requireSize(file, remedy);
            String sha256 = storage.entry(step + file.path()).sha256();
            if (!sha256.equals(file.sha256())) {
                throw changed(file, "its sha256 is %s, not %s".formatted(sha256, file.sha256()), remedy);
            }
        }
    }

    private void requireSize(FileEntry file, String remedy) {
        long bytes = storage.length(step + file.path());
        if (bytes < 0) {
            throw changed(file, "it is missing", remedy);
        }
        if (bytes != file.bytes()) {
            throw changed(file, "it has %d bytes, not %d".formatted(bytes, file.bytes()), remedy);
        }
    }

    private InvalidInputException changed(FileEntry file, String how, String remedy) {
        return new InvalidInputException("%s does not match %s: %s. %s"
                .formatted(storage.path(step + file.path()), manifestFile(), how, remedy));
    }

    private String manifestFile() {
        return storage.path(step + "manifest.json").toString();
    }
}
