#!/bin/bash
# The first program of a node: starts the container runtime, brings the images, and starts kubelet and kube-proxy.
# Environment: NODE_FOLDER, IMAGES.
set -uo pipefail

containerd --config "$NODE_FOLDER/containerd.toml" >> "$NODE_FOLDER/containerd.log" 2>&1 &
until ctr version > /dev/null 2>&1; do sleep 0.05; done
for image in "$IMAGES"/*.tar; do
  name=$(basename "$image" .tar)
  ctr --namespace k8s.io images list --quiet | grep --quiet "/$name:" || ctr --namespace k8s.io images import "$image"
done
"$NODE_FOLDER/kubelet.sh" &
"$NODE_FOLDER/kube-proxy.sh" &

# The first process of a machine also waits for processes whose parent has ended.
while :; do wait -n || sleep 0.2; done
