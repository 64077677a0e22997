#!/usr/bin/env bash
# RecZero, RecOne and the ablations of RecOne on the simulated log of the quickstart. Run it in the checkout after
# `mvn package -DskipTests`; the argument names a new folder for its output.
set -euo pipefail
root=${1:?usage: docs/results/recone-simulated.sh FOLDER}
job() { # COMMAND SETTINGS...
    local command=$1
    shift
    bin/recthink "$command" --config conf/quickstart.yaml --set paths.root="$root" \
        --set 'prepare.pools={coldStart: 2500, sft: 6000, rl: 4000}' "$@"
}
# A teacher that errs: too generous, with noise, and blind for one of the six aspects.
teacher=(--set teacher.rule.blindSpot=[battery])
# Settings that keep the words of each variant apart: its traces, its model, its warm start, its run.
variant() { # NAME
    echo --set "paths.traces=$1/traces" --set "paths.model=$1/model" --set "paths.warmStart=$1/warm-start" --set "paths.run=$1/run"
}
learn() { # NAME SETTINGS...: traces, a model from scratch, imitation until the form is learnt
    local name=$1
    shift
    job cold-start $(variant "$name") "${teacher[@]}" "$@"
    job init-model $(variant "$name") "$@"
    job sft $(variant "$name") "$@"
}
recone=(--set coldStart.ratings=truth --set coldStart.traces=2500)
job simulate
job prepare
job mf
job oracle

learn reczero "${recone[@]}" --set coldStart.ratings=teacher
job train $(variant reczero)

learn recone "${recone[@]}"
job train $(variant recone)

learn recone-sft "${recone[@]}" --set coldStart.pool=sft --set coldStart.traces=6000

learn no-thinking "${recone[@]}" --set prompt.think=none
job train $(variant no-thinking) --set prompt.think=none

learn no-multi-step "${recone[@]}" --set prompt.think=free
job train $(variant no-multi-step) --set prompt.think=free

correctness=(--set reward.shape=exact --set reward.match=2 --set reward.mismatch=0 --set reward.format=0)
job train $(variant recone) --set paths.run=correctness-only/run "${correctness[@]}"

job predict --set 'predict.policies={
    form warm start: reczero/warm-start, RecZero: reczero/run,
    SFT only: recone/warm-start, RecOne: recone/run, RecOne (SFT): recone-sft/warm-start,
    No thinking: no-thinking/run, No multi-step: no-multi-step/run, Correctness only: correctness-only/run}'
job compare --set compare.focus=RecOne
