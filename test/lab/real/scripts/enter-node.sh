#!/bin/bash
# Runs first on a node, as PID 1 of its own namespaces: gives it folders, control groups and a network of its own, and then
# becomes the machine's first program. Whatever ends this process ends everything on the node.
# Environment: NODE_NAME, NODE_FOLDER, NODE_ADDRESS, GATEWAY.
set -euo pipefail

mount --make-rprivate /
mount -t proc proc /proc
hostname "$NODE_NAME"

# Every program keeps its default paths, and nothing of the host is touched.
mount -t tmpfs tmpfs /run
mkdir -p /run/lock "$NODE_FOLDER"/{lib,log,cni}
mount --bind "$NODE_FOLDER/lib" /var/lib
mount --bind "$NODE_FOLDER/log" /var/log
# The servers of the host are not reached from here, and each name would wait for them.
[ ! -e /etc/resolv.conf ] || mount --bind "$NODE_FOLDER/resolv.conf" /etc/resolv.conf

# The root of the namespace is the control group of this node; a new mount makes the paths start there.
controllers="cpu cpuacct cpuset memory devices freezer blkio pids"
umount -R /sys/fs/cgroup
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /sys/fs/cgroup
for controller in $controllers; do
  mkdir "/sys/fs/cgroup/$controller"
  mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
done
mkdir /sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd

# The kubelet sets these for the whole machine. It gets files that have the values already.
mkdir /run/sysctl
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=/run/sysctl/$(tr / . <<< "${setting%=*}")
  echo "${setting#*=}" > "$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done
# Another boot, as a machine reports it.
cat /proc/sys/kernel/random/uuid > /run/sysctl/boot_id
mount --bind /run/sysctl/boot_id /proc/sys/kernel/random/boot_id

# The lab plugs the cable in from outside.
until ip link show eth0 > /dev/null 2>&1; do sleep 0.02; done
ip link set lo up
ip address add "$NODE_ADDRESS/24" dev eth0
ip link set eth0 up
ip route add default via "$GATEWAY"
while read -r network address; do ip route add "$network" via "$address"; done < "$NODE_FOLDER/routes"
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0

exec "$(dirname "$0")/boot-node.sh"
