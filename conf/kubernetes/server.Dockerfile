# The scoring endpoint. From the project's root, after mvn -B -DskipTests package:
#   docker build -f conf/kubernetes/server.Dockerfile -t paritree-server .
FROM eclipse-temurin:17-jre

COPY LICENSE NOTICE /opt/paritree/
COPY conf/serving.conf /opt/paritree/conf/
COPY conf/hadoop /opt/paritree/conf/hadoop
COPY scripts/common.sh scripts/serve /opt/paritree/scripts/
COPY serving/target/paritree-serving /opt/paritree/serving/target/paritree-serving

# The image has no sources and no Maven.
ENV PARITREE_BUILT=1

# Numbers, so that Kubernetes can check runAsNonRoot. Nothing in the image is written.
USER 10001:10001
EXPOSE 8080 8081
ENTRYPOINT ["/opt/paritree/scripts/serve"]
