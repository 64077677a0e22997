"""One cycle of `recthink retrain` a day, as an Airflow DAG.

Set RECTHINK_HOME to the folder with bin/recthink, and RECTHINK_CONFIG to the configuration file. A repeated run of a day
is the same cycle: recthink reports it again, or continues where it was. Status 5 (too few new rows) skips the task, and
status 4 (the gate kept the serving policy) fails it, so that somebody looks.
"""

import os
import pendulum
from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator  # Airflow 3
except ImportError:
    from airflow.operators.bash import BashOperator

with DAG(
    dag_id="recthink_retrain",
    schedule="@daily",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="retrain",
        bash_command=(
            "bin/recthink retrain --config '{{ params.config }}' --until '{{ data_interval_end | ts }}'"
        ),
        params={"config": os.environ.get("RECTHINK_CONFIG", "conf/retrain.yaml")},
        cwd=os.environ.get("RECTHINK_HOME", "."),
        skip_on_exit_code=5,
        retries=1,
    )
