#!/usr/bin/env bash
# docs/results/recone-simulated.sh FOLDER
#
# RecZero, RecOne, RecOne (SFT) and the ablations of RecOne on the simulated log of the quickstart: the table of
# docs/results.md. Run it in the checkout after `mvn package -DskipTests`; FOLDER is new and takes the output.
set -euo pipefail
root=${1:?usage: docs/results/recone-simulated.sh FOLDER}

# The base of all systems is the policy of the quickstart: it writes the form, and rates too generously.
recthink() { # COMMAND SETTINGS...
    bin/recthink "$1" --config conf/quickstart.yaml --set "paths.root=$root" --set "paths.model=$PWD/conf/quickstart-policy" \
        --set 'prepare.pools={coldStart: 2500, sft: 6000, rl: 4000}' "${@:2}"
}

# A teacher that errs: somewhat too generous, with noise, and blind for one of the six aspects.
# Every variant keeps its traces, its imitation and its run in folders of its own.
variant() { # COMMAND NAME SETTINGS...
    recthink "$1" --set teacher.rule.slope=1.0 --set teacher.rule.generosity=0.3 --set teacher.rule.spread=0.4 --set teacher.rule.blindSpot=[battery] \
        --set coldStart.ratings=truth --set coldStart.traces=2500 \
        --set sft.steps=300 --set sft.saveEvery=20 --set sft.optimizer.learningRate=1.0e-3 --set sft.optimizer.warmupSteps=5 \
        --set sft.form.stopAt=0.99 --set sft.form.every=20 \
        --set "paths.traces=$2/traces" --set "paths.warmStart=$2/warm-start" --set "paths.run=$2/run" "${@:3}"
}

recthink simulate
recthink prepare
recthink mf
recthink oracle

# RecZero learns by reinforcement from the base: 2,400 prompts of the paper are 40 steps of 64 here.
recthink train --set train.start=model --set paths.run=reczero/run

# RecOne: imitation of 2,500 traces until the form holds, then 1,600 prompts. With the learning rate of RecZero no step was
# better on validation than the imitation.
one=(--set train.steps=25 --set train.optimizer.learningRate=5.0e-4)
variant cold-start recone
variant sft recone
variant train recone "${one[@]}"

# RecOne (SFT): imitation alone, of the large pool.
large=(--set coldStart.pool=sft --set coldStart.traces=6000 --set sft.form.stopAt=0)
variant cold-start recone-sft "${large[@]}"
variant sft recone-sft "${large[@]}"

for think in none free; do
    for command in cold-start sft train; do
        variant $command think-$think --set prompt.think=$think "${one[@]}"
    done
done

# RecOne without rationales: the aligned traces alone.
for command in cold-start sft train; do
    variant $command aligned --set coldStart.rationalise=false "${one[@]}"
done

# Correctness only, as the authors' code has it: two points for the exact rating, nothing for a near one or for the form.
variant train recone "${one[@]}" --set paths.run=correctness-only/run \
    --set reward.shape=exact --set reward.match=2 --set reward.mismatch=0 --set reward.format=0

recthink predict --set "predict.policies={
    base: $PWD/conf/quickstart-policy, RecZero: reczero/run, SFT only: recone/warm-start, RecOne: recone/run, RecOne (SFT): recone-sft/warm-start,
    No thinking: think-none/run, No multi-step: think-free/run, Correctness only: correctness-only/run,
    Without rationales: aligned/run}"
recthink compare --set compare.focus=RecOne
