package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads the safetensors files of a folder as one set of tensors, checked against the layout of the configuration. */
final class WeightFiles implements AutoCloseable {
    private static final String INDEX = FolderFiles.INDEX;
    private static final String HEAD = "lm_head.weight";
    private static final String EMBEDDING = "model.embed_tokens.weight";
    // Old conversions stored these tables; transformers computes them and ignores the stored tables.
    private static final Pattern ROTARY_TABLE =
            Pattern.compile("model\\.layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq");
    private static final int COMPARED_AT_ONCE = 1 << 18;

    private final Path folder;
    private final Map<String, SafetensorsReader> files = new LinkedHashMap<>();
    private final Map<String, SafetensorsReader> byTensor = new HashMap<>();
    private String embedding = EMBEDDING; // name under which the embedding is stored

    private WeightFiles(Path folder) {
        this.folder = folder;
    }

    static WeightFiles open(Path folder, ModelConfig config, ParameterLayout layout) {
        WeightFiles weights = new WeightFiles(folder);
        try {
            weights.openFiles();
            weights.check(config, layout);
            return weights;
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    void read(String name, FloatBuffer out) {
        int from = out.position();
        byTensor.get(stored(name)).read(stored(name), out);
        requireNumbers(name, out, from);
    }

    void read(String name, long first, FloatBuffer out) {
        int from = out.position();
        byTensor.get(stored(name)).read(stored(name), first, out);
        requireNumbers(name, out, from);
    }

    void readPieces(String name, ParameterReader.Pieces pieces) {
        byTensor.get(stored(name)).readPieces(stored(name), (first, values) -> {
            FiniteNumbers.require(folder, stored(name), values);
            pieces.accept(first, values);
        });
    }

    private void requireNumbers(String name, FloatBuffer out, int from) {
        FiniteNumbers.require(
                folder, stored(name), out.duplicate().limit(out.position()).position(from));
    }

    private String stored(String name) {
        return name.equals(EMBEDDING) ? embedding : name;
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsReader::close);
    }

    private void openFiles() {
        if (Files.isRegularFile(folder.resolve(ModelFolder.WEIGHTS))) {
            openFile(ModelFolder.WEIGHTS);
        } else if (Files.isRegularFile(folder.resolve(INDEX))) {
            openShards(folder.resolve(INDEX));
        } else {
            throw new InvalidInputException(
                    folder + ": has neither " + ModelFolder.WEIGHTS + " nor " + INDEX + "; " + remedy());
        }
    }

    private String remedy() {
        for (String other : List.of("pytorch_model.bin", "pytorch_model.bin.index.json")) {
            if (Files.isRegularFile(folder.resolve(other))) {
                return other + " is not read; load the model with transformers and save it as safetensors"
                        + " (save_pretrained with safe_serialization=True)";
            }
        }
        return "save the model as safetensors";
    }

    private void openFile(String name) {
        SafetensorsReader reader = SafetensorsReader.open(folder.resolve(name));
        files.put(name, reader);
        for (TensorInfo tensor : reader.tensors()) {
            if (byTensor.put(tensor.name(), reader) != null) {
                throw new InvalidInputException(
                        folder.resolve(name) + ": " + tensor.name() + " is in another shard too");
            }
        }
    }

    private void openShards(Path index) {
        byte[] json = JsonFile.bytes(index);
        List<String> names = FolderFiles.shards(index.toString(), json);
        JsonNode map = JsonFile.parseObject(index.toString(), json).path("weight_map");
        map.fields().forEachRemaining(entry -> requireShard(index, entry.getKey(), entry.getValue()));
        names.forEach(this::openFile);
        map.fields().forEachRemaining(entry -> {
            String shard = entry.getValue().textValue();
            if (files.get(shard).find(entry.getKey()).isEmpty()) {
                throw new InvalidInputException(index + ": " + entry.getKey() + " is not in " + shard);
            }
        });
    }

    private void requireShard(Path index, String tensor, JsonNode shard) {
        if (!Files.isRegularFile(folder.resolve(shard.textValue()))) {
            throw new InvalidInputException(index + ": " + tensor + ": shard " + shard.textValue()
                    + " is missing; fetch it into the folder too");
        }
    }

    private void check(ModelConfig config, ParameterLayout layout) {
        if (config.tiedHead() && !byTensor.containsKey(EMBEDDING) && byTensor.containsKey(HEAD)) {
            embedding = HEAD; // one tensor for both: either name will do, as in transformers
        }
        for (Parameter parameter : layout.parameters()) {
            checkParameter(parameter);
        }
        for (String name : new TreeSet<>(byTensor.keySet())) {
            if (layout.find(name).isEmpty() && !ROTARY_TABLE.matcher(name).matches()) {
                if (!config.tiedHead() || !name.equals(HEAD)) {
                    throw problem(name, "is in the folder, but not in a model of this configuration");
                }
                if (embedding.equals(EMBEDDING)) {
                    checkTiedHead(layout.parameter(EMBEDDING));
                }
            }
        }
    }

    private void checkParameter(Parameter parameter) {
        String name = stored(parameter.name());
        SafetensorsReader reader = byTensor.get(name);
        if (reader == null) {
            throw problem(name, "is missing");
        }
        TensorInfo info = reader.find(name).orElseThrow();
        if (!info.shape().equals(parameter.shape())) {
            throw problem(name, "has shape " + info.shape() + ", the configuration asks for " + parameter.shape());
        }
        if (!info.type().isFloatingPoint()) {
            throw problem(name, "has type " + info.type() + ", expected F32, F16 or BF16");
        }
    }

    /**
     * Checks the stored head of a tied model: some folders store it once more, and it must then equal the embedding.
     */
    private void checkTiedHead(Parameter embedding) {
        TensorInfo head = byTensor.get(HEAD).find(HEAD).orElseThrow();
        if (!head.shape().equals(embedding.shape()) || !sameElements(embedding)) {
            throw problem(
                    HEAD,
                    "differs from " + EMBEDDING + ", although the configuration says tie_word_embeddings; set"
                            + " tie_word_embeddings to false to use both, as transformers 5 does, or remove the head to"
                            + " use the embedding, as transformers 4 does");
        }
    }

    private boolean sameElements(Parameter embedding) {
        FloatBuffer left = FloatBuffer.allocate(COMPARED_AT_ONCE);
        FloatBuffer right = FloatBuffer.allocate(COMPARED_AT_ONCE);
        for (long from = 0; from < embedding.size(); from += COMPARED_AT_ONCE) {
            int count = (int) Math.min(COMPARED_AT_ONCE, embedding.size() - from);
            read(EMBEDDING, from, left.clear().limit(count));
            read(HEAD, from, right.clear().limit(count));
            if (!left.flip().equals(right.flip())) {
                return false;
            }
        }
        return true;
    }

    private InvalidInputException problem(String tensor, String what) {
        return new InvalidInputException(folder + ": tensor " + tensor + " " + what);
    }
}
