# Spark with the nightly job, for spark-submit --master k8s://... and for the operator's SparkApplication. From the
# project's root, after mvn -B -Prelease -DskipTests clean package:
#   docker build -f conf/kubernetes/job.Dockerfile -t paritree-job .
# Take your own Spark image, 3.5 to 4.2, if it has what your stores need, such as hadoop-aws.
ARG VERSION=0.1.0

FROM apache/spark:4.1.0 AS release
ARG VERSION
ADD spark-job/target/paritree-job-${VERSION}.tar.gz /opt/

# Without lib, which has another Spark.
FROM apache/spark:4.1.0
ARG VERSION
COPY --from=release /opt/paritree-job-${VERSION}/LICENSE /opt/paritree-job-${VERSION}/NOTICE /opt/paritree/
COPY --from=release /opt/paritree-job-${VERSION}/bin/common.sh /opt/paritree-job-${VERSION}/bin/score /opt/paritree/bin/
COPY --from=release /opt/paritree-job-${VERSION}/conf/ /opt/paritree/conf/
COPY --from=release /opt/paritree-job-${VERSION}/spark-job/ /opt/paritree/spark-job/

# The user that Spark's images have.
USER 185
