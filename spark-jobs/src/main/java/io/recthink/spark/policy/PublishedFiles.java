package io.recthink.spark.policy;

import io.recthink.InvalidInputException;
import io.recthink.model.FolderFiles;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.Storage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;

/** Compares the files of a complete step of a run, or of a version of a registry, with the file that lists them. */
public final class PublishedFiles {
    private static final String POLICY = "policy/";
    private static final String OPTIMIZER = "optimizer/";
    private static final String REMOVE =
            "Remove it, or copy the policy's folder to another place and name the copy to use the policy with the"
                    + " file.";
    private static final Set<String> VERIFIED = ConcurrentHashMap.newKeySet();

    private final Storage storage;
    private final String folder;
    private final List<FileEntry> files;
    private final String list;

    /**
     * The files of a step or a version.
     *
     * @param storage the run or the registry
     * @param folder folder of the step or the version in {@code storage}, with a slash at its end
     * @param files all files that were written there; paths in the folder
     * @param list name of the file in the folder that lists them, for messages
     */
    public PublishedFiles(Storage storage, String folder, List<FileEntry> files, String list) {
        this.storage = storage;
        this.folder = folder;
        this.files = List.copyOf(files);
        this.list = list;
    }

    /** Whether the folder still has its policy. */
    public boolean hasPolicy() {
        return !storage.list(folder + POLICY).isEmpty();
    }

    /**
     * Compares the content of all files.
     *
     * @throws InvalidInputException when a file is missing or changed, or the policy has a file that the step did not
     *     write
     */
    public void verify(String remedy) {
        verify(file -> !file.path().startsWith(POLICY), remedy);
        verifyPolicy(remedy);
    }

    /**
     * Compares the content of the files of a step whose policy and optimizer may have been removed.
     *
     * @throws InvalidInputException as {@link #verify}
     */
    public void verifyRemaining(String remedy) {
        verify(file -> !file.path().startsWith(POLICY) && !file.path().startsWith(OPTIMIZER), remedy);
        if (!storage.list(folder + OPTIMIZER).isEmpty()) {
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
    public void verifyPolicy(String remedy) {
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
    public void requireTable(String table, String remedy) {
        files.stream().filter(file -> file.path().startsWith(table + "/")).forEach(file -> requireSize(file, remedy));
    }

    private String state() {
        String found = storage.list(folder + POLICY).stream()
                .map(file -> "%s %d %d".formatted(file.getPath(), file.getLen(), file.getModificationTime()))
                .collect(Collectors.joining("\n"));
        return Storage.sha256(found + files);
    }

    /** Refuses additional files beside the weights: the model would use an added template or other settings. */
    private void refuseAdded() {
        Set<String> named = files.stream().map(FileEntry::path).collect(Collectors.toSet());
        storage.list(folder + POLICY).stream()
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().getName())
                .filter(PublishedFiles::counts)
                .filter(name -> !named.contains(POLICY + name))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidInputException("%s is not among the files that %s names, and would be used. %s"
                            .formatted(storage.path(folder + POLICY + name), manifestFile(), REMOVE));
                });
    }

    private static boolean counts(String name) {
        return FolderFiles.isSetting(name)
                || name.equals(FolderFiles.INDEX)
                || name.equals(PolicyTerms.FILE)
                || name.endsWith(".safetensors");
    }

    private void verify(Predicate<FileEntry> which, String remedy) {
        for (FileEntry file : files.stream().filter(which).toList()) {
            requireSize(file, remedy);
            String sha256 = storage.entry(folder + file.path()).sha256();
            if (!sha256.equals(file.sha256())) {
                throw changed(file, "its sha256 is %s, not %s".formatted(sha256, file.sha256()), remedy);
            }
        }
    }

    private void requireSize(FileEntry file, String remedy) {
        long bytes = storage.length(folder + file.path());
        if (bytes < 0) {
            throw changed(file, "it is missing", remedy);
        }
        if (bytes != file.bytes()) {
            throw changed(file, "it has %d bytes, not %d".formatted(bytes, file.bytes()), remedy);
        }
    }

    private InvalidInputException changed(FileEntry file, String how, String remedy) {
        return new InvalidInputException("%s does not match %s: %s. %s"
                .formatted(storage.path(folder + file.path()), manifestFile(), how, remedy));
    }

    private String manifestFile() {
        return storage.path(folder + list).toString();
    }
}
