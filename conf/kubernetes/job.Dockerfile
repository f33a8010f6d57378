# Spark with the nightly job, for spark-submit --master k8s://... and for the operator's SparkApplication. From the
# project's root, after mvn -B -DskipTests package:
#   docker build -f conf/kubernetes/job.Dockerfile -t paritree-job .
# Take your own Spark image, 3.5 to 4.2, if it has what your stores need, such as hadoop-aws.
FROM apache/spark:4.1.0

USER root
COPY LICENSE NOTICE /opt/paritree/
COPY spark-job/target/paritree-spark-job.jar /opt/paritree/

# The user that Spark's images have.
USER 185
