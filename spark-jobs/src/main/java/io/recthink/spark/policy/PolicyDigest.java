package io.recthink.spark.policy;

import io.recthink.model.FolderFiles;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.Storage;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The digest that identifies a policy: weights, configuration, tokenizer and template. The same weights with another
 * configuration, tokenizer or template are another policy.
 */
public final class PolicyDigest {
    private PolicyDigest() {}

    /**
     * The SHA-256 of a policy.
     *
     * @param weights SHA-256 of its weights
     * @param files files of its folder; files that are not settings are ignored
     */
    public static String of(String weights, List<FileEntry> files) {
        return Storage.sha256(files.stream()
                .filter(file -> FolderFiles.isSetting(name(file)))
                .sorted(Comparator.comparing(PolicyDigest::name))
                .map(file -> name(file) + " " + file.sha256() + "\n")
                .collect(Collectors.joining("", weights + "\n", "")));
    }

    private static String name(FileEntry file) {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }
}
