package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Names the files of a model folder or an adapter folder that the program uses. Published folders contain other files:
 * weights for other programs, pictures, folders of other formats. These files are not read, copied or hashed.
 */
public final class FolderFiles {
    /** The weights of a model with one file of weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** The index of a model with several files of weights (shards): it maps tensors to shards. */
    public static final String INDEX = WEIGHTS + ".index.json";

    /** The configuration of an adapter. */
    public static final String ADAPTER = "adapter_config.json";

    /** The weights of an adapter. */
    public static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

    /** The files that are copied with a model beside its configuration and weights, where they exist. */
    static final List<String> COMPANIONS = List.of(
            ModelConfigParser.GENERATION_FILE,
            ModelFolder.TOKENIZER,
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "LICENSE");

    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.safetensors");

    private FolderFiles() {}

    /** Whether a file has settings of the model, its tokenizer or its chat template. */
    public static boolean isSetting(String name) {
        return name.equals(ModelConfigParser.FILE)
                || name.equals(ADAPTER)
                || (COMPANIONS.contains(name) && !name.equals("LICENSE"));
    }

    /**
     * Returns the names of the shards that an index lists, ascending. Each is the name of a file in the index's folder,
     * not a path.
     *
     * @param index path of the index, for messages
     * @throws InvalidInputException if the content is not an index
     */
    public static List<String> shards(String index, byte[] json) {
        JsonNode map = JsonFile.parseObject(index, json).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new InvalidInputException(
                    index + ": has no weight_map; save the model again, or fetch the file again");
        }
        TreeSet<String> names = new TreeSet<>();
        map.fields().forEachRemaining(entry -> names.add(shard(index, entry.getKey(), entry.getValue())));
        return List.copyOf(names);
    }

    private static String shard(String index, String tensor, JsonNode value) {
        String name = value.asText();
        if (!value.isTextual() || !SHARD.matcher(name).matches()) {
            throw new InvalidInputException(
                    index + ": " + tensor + ": " + value + " is not the name of a safetensors file in this folder");
        }
        return name;
    }
}
