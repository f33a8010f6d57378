# The scoring endpoint. From the project's root, after mvn -B -Prelease -DskipTests clean package:
#   docker build -f conf/kubernetes/server.Dockerfile -t paritree-server .
FROM eclipse-temurin:17-jre
ARG VERSION=0.1.0

ADD serving/target/paritree-server-${VERSION}.tar.gz /opt/
RUN ln -s paritree-server-${VERSION} /opt/paritree

# Numbers, so that Kubernetes can check runAsNonRoot. Nothing in the image is written.
USER 10001:10001
EXPOSE 8080 8081
ENTRYPOINT ["/opt/paritree/bin/serve"]
