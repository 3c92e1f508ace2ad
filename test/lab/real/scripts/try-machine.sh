#!/bin/bash
# Tries in namespaces of its own what a real node needs of the kernel, and leaves nothing.
set -euo pipefail
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /mnt
mkdir /mnt/{lower,upper,work,merged,memory}
mount -t overlay overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /mnt/merged
mount -t cgroup -o memory cgroup /mnt/memory
ip link add bridge0 type bridge
ip link add veth0 type veth peer name veth1
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -A POSTROUTING -m comment --comment try -m conntrack --ctstate NEW -j MASQUERADE
