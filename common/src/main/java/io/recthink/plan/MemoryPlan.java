package io.recthink.plan;

import io.recthink.learn.AdamW;
import io.recthink.model.AttentionCall;
import io.recthink.model.ComputeType;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.ProcessMemory.Place;
import java.util.List;

/**
 * Plans the memory of all processes of a training. Weights take {@code e} bytes a parameter. For each learned
 * parameter, gradient sums take 4 bytes and the optimizer takes 12. The memory of a process is its largest resident
 * size: the touched part of the Java heap and the memory of the native libraries.
 */
public final class MemoryPlan {
    private static final int FLOAT = Float.BYTES;
    /** Bytes of Java without its heap, of libtorch's code and of the tokenizer. */
    static final long ENGINE = 300_000_000;
    /** Bytes that Spark's classes, threads and block manager take in addition. */
    static final long SPARK = 250_000_000;
    /** Bytes of a CUDA context with its libraries. */
    static final long CUDA = 800_000_000;
    /** Touched heap bytes of a process with few live objects: garbage fills them before the collector runs. */
    static final long SMALLEST_HEAP = 330_000_000;
    /** Touched heap bytes of a driver with few live objects; a driver runs many steps. */
    static final long SMALLEST_HEAP_OF_A_DRIVER = 420_000_000;
    /** Touched heap bytes of a process with few live objects whose tasks read and write tables. */
    static final long SMALLEST_HEAP_OF_TASKS = 800_000_000;
    /** Touched heap bytes for each byte that stays from step to step: the G1 collector starts late. */
    static final double TOUCHED_OF_KEPT = 1.1;
    /**
     * Touched heap bytes for each byte of a gradient in transit: the collector frees used pieces of the gradient late.
     */
    static final double TOUCHED_OF_PASSING = 2.6;
    /**
     * Heap bytes that Spark and the collector need beside live objects. Measured on a model of 135 million parameters:
     * training works with 3,500 MiB in the driver; with 3,300 MiB no space is left for a large object.
     */
    static final long HEAP_OF_SPARK = 640L << 20;

    private static final long HEAP_STEP = 256L << 20;

    /**
     * Most bytes of gradient pieces in transit. Spark receives four results at the same time, each with some chunks of
     * the gradient: as received, as bytes and as numbers.
     */
    static final long ARRIVING_PIECES = 400_000_000;

    private final Workload work;
    private final Cluster cluster;
    private final ModelSize size;
    private final Activations activations;

    private MemoryPlan(Workload work, Cluster cluster) {
        this.work = work;
        this.cluster = cluster;
        this.size = ModelSize.of(work.model(), work.lora());
        this.activations = new Activations(work, queriesInACall());
    }

    /** Plans the memory of each process of a training. */
    public static List<ProcessMemory> of(Workload work, Cluster cluster) {
        MemoryPlan plan = new MemoryPlan(work, cluster);
        return switch (cluster.layout()) {
            case BENCHMARK -> List.of(plan.benchmark());
            case LOCAL -> List.of(plan.local());
            case EXECUTORS -> List.of(plan.learner(), plan.executor());
            case GPUS -> List.of(plan.learner(), plan.gpu(), plan.host());
        };
    }

    /**
     * Bytes of the full training state: 16 a learned parameter, including its gradient, and the frozen weights under an
     * adapter.
     */
    public static long state(Workload work) {
        ModelSize size = ModelSize.of(work.model(), work.lora());
        long frozen = work.lora().isPresent() ? size.decoderBytes(work.type()) : 0;
        return (AdamW.BYTES_KEPT + FLOAT) * size.learned() + frozen;
    }

    /**
     * Bytes of live objects in a learner's Java heap: master weights, both moments, the gradient of a step, and the
     * gradient pieces in transit.
     *
     * @param learned number of learned parameters
     */
    public static long learnerHeap(long learned) {
        return (AdamW.BYTES_KEPT + FLOAT) * learned + pieces(learned);
    }

    private static long pieces(long learned) {
        return Math.min(2 * FLOAT * learned, ARRIVING_PIECES);
    }

    /** The smallest Java heap, in bytes, in which a Spark process can keep {@code live} bytes of live objects. */
    public static long leastHeap(long live) {
        return live + HEAP_OF_SPARK;
    }

    /**
     * The Java heap to give to a process, in bytes: {@link #leastHeap} and a sixth of the live objects for the
     * collector, rounded up to 256 MiB.
     */
    public static long heapSetting(long live) {
        long needed = leastHeap(live) + live / 6;
        return (needed + HEAP_STEP - 1) / HEAP_STEP * HEAP_STEP;
    }

    private ProcessMemory benchmark() {
        Heap heap = new Heap(optimizer() + heapGradient(), 0, SMALLEST_HEAP);
        return process("one process, without Spark", Place.DRIVER, heap, optimizer(), ENGINE);
    }

    private ProcessMemory local() {
        long passing = Math.max(sent(), pieces(size.learned()));
        Heap heap = new Heap(optimizer() + heapGradient(), passing, SMALLEST_HEAP_OF_TASKS);
        return process("learner and executor", Place.DRIVER, heap, optimizer(), ENGINE + SPARK);
    }

    private ProcessMemory executor() {
        Heap heap = new Heap(0, sent(), SMALLEST_HEAP_OF_TASKS);
        return process("executor", Place.EXECUTOR, heap, 0, ENGINE + SPARK);
    }

    private ProcessMemory process(String name, Place place, Heap heap, long optimizer, long runtime) {
        long gradients = heap.live() - optimizer;
        long other = runtime + heap.untidy() + cluster.tasks() * activations.held();
        return new ProcessMemory(
                name,
                place,
                cluster.executors(),
                heap.live(),
                heap.touched(),
                List.of(
                        rollout(gradients, optimizer, other),
                        gradient(gradients, optimizer, other + activations.heldOfPackedWeights())));
    }

    private ProcessMemory learner() {
        Heap heap = new Heap(optimizer() + heapGradient(), pieces(size.learned()), SMALLEST_HEAP_OF_A_DRIVER);
        Stage update =
                new Stage("update", 0, heap.live() - optimizer(), optimizer(), 0, 0, ENGINE + SPARK + heap.untidy());
        return new ProcessMemory("learner (driver)", Place.DRIVER, 1, heap.live(), heap.touched(), List.of(update));
    }

    private ProcessMemory gpu() {
        return new ProcessMemory(
                "GPU of an executor",
                Place.GPU,
                cluster.executors(),
                0,
                0,
                List.of(rollout(0, 0, CUDA), gradient(0, 0, CUDA)));
    }

    private ProcessMemory host() {
        Heap heap = new Heap(0, sent(), SMALLEST_HEAP_OF_TASKS);
        Stage stage = new Stage("gradient", 0, heap.live(), 0, 0, 0, ENGINE + SPARK + heap.untidy());
        return new ProcessMemory(
                "host of a GPU", Place.EXECUTOR, cluster.executors(), heap.live(), heap.touched(), List.of(stage));
    }

    /**
     * The Java heap of a process that runs with {@link #heapSetting}, in bytes.
     *
     * @param kept bytes that stay from step to step
     * @param passing most bytes at a time that live only within a step
     * @param smallest touched bytes in any case
     */
    private record Heap(long kept, long passing, long smallest) {
        long live() {
            return kept + passing;
        }

        long touched() {
            double some = TOUCHED_OF_KEPT * kept + TOUCHED_OF_PASSING * passing;
            return Math.min(heapSetting(live()), Math.max(smallest, (long) some));
        }

        /** Touched bytes without live objects. */
        long untidy() {
            return touched() - live();
        }
    }

    private Stage rollout(long heapGradients, long optimizer, long runtime) {
        long tasks = cluster.tasks();
        return new Stage(
                "rollout",
                weights() + packedWeights(),
                heapGradients,
                optimizer,
                tasks * activations.keysAndValues(onGpu() ? FLOAT : ModelSize.bytes(work.type())),
                tasks * activations.rollout(),
                runtime);
    }

    private Stage gradient(long heapGradients, long optimizer, long runtime) {
        long tasks = cluster.tasks();
        return new Stage(
                "gradient",
                weights(),
                heapGradients + tasks * tensorGradients(),
                optimizer,
                0,
                tasks * activations.gradient(),
                runtime);
    }

    /**
     * Bytes of the weights of the policy and the reference. With an adapter, the reference of a KL term is the same
     * model with the adapter off; otherwise it is a second model.
     */
    private long weights() {
        boolean second = work.reference() && work.lora().isEmpty();
        return size.decoderBytes(work.type()) * (second ? 2 : 1);
    }

    /** Bytes of {@code PackedWeights}: in BF16, all tasks share one copy of the weights of matrix products. */
    private long packedWeights() {
        if (onGpu() || work.type() == ComputeType.FLOAT32) {
            return 0;
        }
        return ModelSize.bytes(work.type()) * (work.model().layers() * size.layer() + size.embedding());
    }

    /**
     * Bytes of gradient sums in tensors: all gradients on GPUs, the gradients of an adapter, otherwise the gradients of
     * embedding and head.
     */
    private long tensorGradients() {
        if (onGpu() || work.lora().isPresent()) {
            return size.tensorGradientBytes();
        }
        return FLOAT * size.embedding() * (work.model().tiedHead() ? 1 : 2);
    }

    /**
     * The possible numbers of queries of an attention call. They depend on the processor: the plan of one process uses
     * this machine's processor, the plan of executors covers any processor.
     */
    private int[] queriesInACall() {
        return switch (cluster.layout()) {
            case BENCHMARK, LOCAL -> new int[] {AttentionCall.queries(work.type(), true)};
            case EXECUTORS -> AttentionCall.queriesOnProcessors(work.type());
            case GPUS -> new int[] {AttentionCall.queries(work.type(), false)};
        };
    }

    private boolean onGpu() {
        return cluster.layout() == Layout.GPUS;
    }

    private long optimizer() {
        return AdamW.BYTES_KEPT * size.learned();
    }

    /** Bytes of a gradient in the Java heap. */
    private long heapGradient() {
        return FLOAT * size.learned();
    }

    /**
     * Bytes of the gradients that tasks send: each task has its gradient, and the gradient's bytes sorted by their
     * destination.
     */
    private long sent() {
        return 2L * cluster.tasks() * heapGradient();
    }
}
