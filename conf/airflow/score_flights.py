"""An example: scores one day each night with spark-submit; Airflow 2 and 3.

The arguments are those of scripts/score; a test of the job reads this file and checks them against
the real command. A run that is retried, or cleared and run again, publishes the same partition: if
that is already published, the job exits with 0 and changes nothing. A retry does not help after
exit codes 2, 3, 4, 6 and 8.

This is client mode, in which the job's exit code is the task's. In cluster mode it is not: there, let one
BashOperator run scripts/score and then "scripts/score --status --output DIR --run-id ID", which ends with
the code of that run.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

with DAG(
    dag_id="score_flights",
    schedule="0 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=True,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
) as dag:
    SparkSubmitOperator(
        task_id="score",
        application="/opt/paritree/spark-job/paritree-spark-job.jar",
        java_class="io.paritree.spark.run.ScoreMain",
        conf={"spark.speculation": "true", "spark.yarn.maxAppAttempts": "1"},
        # begin arguments
        application_args=[
            "--model", "hdfs:///models/flight-delay@champion",
            "--input", "hdfs:///data/flights",
            "--output", "hdfs:///data/flight-scores",
            "--keys", "flight_id",
            "--from", "flight_date={{ ds }}",
            "--to", "flight_date={{ ds }}",
            "--max-quarantined", "0.01",
            "--run-id", "flights-{{ ds }}-{{ ti.try_number }}",
        ],
        # end arguments
    )
