package io.recthink.spark.policy;

import ai.djl.Device;
import io.recthink.learn.ParameterVector;
import io.recthink.model.Decoder;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelSettings;
import io.recthink.model.ModelTokenizer;
import io.recthink.model.ParameterLayout;
import io.recthink.torch.NativeHeap;
import io.recthink.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The policy in the memory of a device, shared by all tasks of the JVM on this device. A task leases the version that
 * it needs. Another version replaces it in the same memory as soon as no task uses the previous one. For an adapter,
 * the base model stays in memory and only the adapter changes. A second holder contains the reference of the KL term,
 * unless the reference is the base model.
 */
public final class PolicyHolder {
    private static final Map<Device, PolicyHolder> POLICIES = new ConcurrentHashMap<>();
    private static final Map<Device, PolicyHolder> REFERENCES = new ConcurrentHashMap<>();

    private final Device device;
    private String digest = ""; // digest of the model
    private Decoder decoder;
    private Optional<AdapterVersion> adapter = Optional.empty();
    private Decoder adapted; // the model with the adapter; null before the first adapter
    private ModelTokenizer tokenizer;
    private ByteBuffer tokenizerFile;
    private int leases;

    private record AdapterVersion(String digest, LoraConfig lora) {
        static Optional<AdapterVersion> of(PolicyReference policy) {
            return Optional.ofNullable(policy.adapter())
                    .map(adapter -> new AdapterVersion(policy.digest(), adapter.lora()));
        }
    }

    private PolicyHolder(Device device) {
        this.device = device;
    }

    /** The holder for the device of the calling task. */
    private static PolicyHolder of(Map<Device, PolicyHolder> holders) {
        return holders.computeIfAbsent(TaskDevice.get(), PolicyHolder::new);
    }

    /** Leases the policy. Waits while tasks use another version. Prepares the calling thread for computing. */
    public static Lease policy(PolicyReference policy, ModelSettings model) {
        PolicyHolder holder = of(POLICIES);
        holder.take(policy, model);
        return new Lease(holder, policy.adapter() == null ? holder.decoder : holder.adapted);
    }

    /**
     * Leases the reference of the KL term. If the reference is the policy's own model, the lease uses the policy
     * without its adapter and needs no further memory.
     */
    public static Lease reference(PolicyReference reference, PolicyReference policy, ModelSettings model) {
        boolean own = reference.equals(policy.model());
        PolicyHolder holder = of(own ? POLICIES : REFERENCES);
        holder.take(own ? policy : reference, model);
        return new Lease(holder, holder.decoder);
    }

    /** A policy in use. Close the lease as soon as possible; do not use its objects afterwards. */
    public static final class Lease implements AutoCloseable {
        private final PolicyHolder holder;
        private final Decoder decoder;
        private boolean closed;

        private Lease(PolicyHolder holder, Decoder decoder) {
            this.holder = holder;
            this.decoder = decoder;
        }

        public Decoder decoder() {
            return decoder;
        }

        public ModelTokenizer tokenizer() {
            return holder.tokenizer;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                holder.release();
            }
        }
    }

    private synchronized void take(PolicyReference policy, ModelSettings model) {
        TorchRuntime.prepareThread(model.threads());
        try {
            while (leases > 0 && !holds(policy, model)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another policy version was in use", e);
        }
        if (!holds(policy, model)) {
            load(policy, model);
        }
        leases++;
    }

    private boolean holds(PolicyReference policy, ModelSettings settings) {
        return holdsModel(policy.model(), settings)
                && (policy.adapter() == null || adapter.equals(AdapterVersion.of(policy)));
    }

    private boolean holdsModel(PolicyReference model, ModelSettings settings) {
        return digest.equals(model.digest()) && decoder.type() == settings.dtype();
    }

    private synchronized void release() {
        leases--;
        if (leases == 0) {
            NativeHeap.trim(); // rollouts and gradients have tensors of other shapes
        }
        notifyAll();
    }

    private void load(PolicyReference policy, ModelSettings settings) {
        PolicyReference model = policy.model();
        if (!holdsModel(model, settings)) {
            Path local = PolicyStore.localize(model);
            if (policy.adapter() != null) {
                PolicyFolder.requireUnchanged(model, PolicyFolder.at(local));
            }
            loadModel(model, local, settings);
        }
        if (policy.adapter() != null) {
            loadAdapter(policy);
        }
    }

    private void loadModel(PolicyReference model, Path local, ModelSettings settings) {
        CommonComputeType.require(settings.dtype(), device);
        digest = ""; // if loading fails, nothing can be leased
        try (ModelFolder folder = ModelFolder.open(local)) {
            if (decoder != null
                    && decoder.type() == settings.dtype()
                    && decoder.config().equals(folder.config())) {
                decoder.set(folder);
            } else {
                closeDecoders();
                decoder = Decoder.load(folder, settings.dtype(), device);
            }
        }
        loadTokenizer(local);
        digest = model.digest();
    }

    private void loadAdapter(PolicyReference policy) {
        LoraConfig lora = policy.adapter().lora();
        boolean sameShape = adapter.map(version -> version.lora().equals(lora)).orElse(false);
        adapter = Optional.empty(); // if loading fails, no adapter can be leased
        ParameterVector weights = ParameterVector.of(
                ParameterLayout.of(decoder.config(), lora), policy.adapter().chunks());
        if (sameShape) {
            adapted.set(weights);
        } else {
            closeAdapted();
            adapted = decoder.withAdapter(lora, weights);
        }
        adapter = AdapterVersion.of(policy);
    }

    private void closeDecoders() {
        closeAdapted();
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }

    private void closeAdapted() {
        adapter = Optional.empty();
        if (adapted != null) {
            adapted.close();
            adapted = null;
        }
    }

    // The versions of a run share their tokenizer: reading a large one at each step would cost half a second.
    private void loadTokenizer(Path folder) {
        ByteBuffer file = read(folder.resolve("tokenizer.json"));
        if (!file.equals(tokenizerFile)) {
            if (tokenizer != null) {
                tokenizer.close();
            }
            tokenizerFile = null;
            tokenizer = ModelTokenizer.open(folder);
            tokenizerFile = file;
        }
    }

    private static ByteBuffer read(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
