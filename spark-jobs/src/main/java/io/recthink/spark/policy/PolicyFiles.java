package io.recthink.spark.policy;

import io.recthink.InvalidInputException;
import io.recthink.model.FolderFiles;
import io.recthink.spark.files.Storage;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;

/**
 * The files of a policy in a folder: its weights, and its settings (configuration, tokenizer, template). Other files
 * and subfolders are ignored.
 */
final class PolicyFiles {
    private final Storage storage;

    PolicyFiles(Storage storage) {
        this.storage = storage;
    }

    /**
     * The names of the files with weights, in the order in which they are hashed.
     *
     * @throws InvalidInputException when there are none, or one is missing
     */
    List<String> weights() {
        List<String> names = weightNames();
        for (String name : names) {
            if (storage.length(name) < 0) {
                throw new InvalidInputException(
                        "%s is missing in %s. Fetch it into the folder too, or name another folder."
                                .formatted(name, storage));
            }
        }
        return names;
    }

    private List<String> weightNames() {
        if (storage.exists(FolderFiles.ADAPTER)) {
            return List.of(FolderFiles.ADAPTER_WEIGHTS);
        }
        if (storage.exists(FolderFiles.WEIGHTS)) {
            return List.of(FolderFiles.WEIGHTS);
        }
        Optional<byte[]> index = storage.read(FolderFiles.INDEX);
        return FolderFiles.shards(
                storage.path(FolderFiles.INDEX).toString(),
                index.orElseThrow(() -> new InvalidInputException(
                        "%s has neither %s nor %s. Save the model as safetensors (save_pretrained with safe_serialization=True)."
                                .formatted(storage, FolderFiles.WEIGHTS, FolderFiles.INDEX))));
    }

    /** The names of the settings files, ascending. */
    List<String> settings() {
        return storage.list("").stream()
                .filter(FileStatus::isFile)
                .map(file -> file.getPath().getName())
                .filter(FolderFiles::isSetting)
                .toList();
    }

    /** The index file of weights in shards; empty without shards. */
    List<String> index() {
        boolean shards = !storage.exists(FolderFiles.ADAPTER)
                && !storage.exists(FolderFiles.WEIGHTS)
                && storage.exists(FolderFiles.INDEX);
        return shards ? List.of(FolderFiles.INDEX) : List.of();
    }
}
