#!/bin/bash
# slurm.sh PROGRAM: a Slurm of one node on this machine runs the script that `extract --print-sbatch` prints, eight tasks; two are
# killed on their way and submitted again as `miclip shares` says. Then an array of two whose tasks start two processes each by
# srun, one of them killed. The merged files must be a single run's, byte for byte.
# Needs Debian's slurmctld, slurmd and munge, and root.
set -eu
program=$(realpath "$1")
work=$(mktemp -d /tmp/miclip-slurm-XXXXXX)
export SLURM_CONF=$work/slurm.conf MICLIP_RESOURCES=${MICLIP_RESOURCES:-$PWD} XDG_DATA_HOME=$work/data
stop() {
    for daemon in slurmd slurmctld munged; do
        [ -f "$work/$daemon.pid" ] && kill "$(cat "$work/$daemon.pid")" 2>/dev/null || true
    done
    sleep 1
    rm -rf "$work"
}
trap stop EXIT

mkdir -p "$work/state" "$work/spool"
chmod 755 "$work"
dd if=/dev/urandom of="$work/munge.key" bs=1 count=1024 status=none
chmod 400 "$work/munge.key"
munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
    --log-file="$work/munged.log" --seed-file="$work/munge.seed"
cat > "$SLURM_CONF" <<CONF
ClusterName=miclip
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_interval=2
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld
slurmd
for _ in $(seq 30); do [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break; sleep 1; done
sinfo

cd "$work"
layers=(--layer blocks.2 --layer norm)
"$program" extract --study whole.study "${layers[@]}"
"$program" extract --study array.study "${layers[@]}" --print-sbatch 8 > extract.sh
# Two tasks end as on a node that fails, the first time.
sed -e '/^exec /i case $SLURM_ARRAY_TASK_ID in 3|6) set -- timeout --signal=KILL 0.3;; *) set --;; esac' \
    -e 's/^exec /exec "$@" /' extract.sh > killed.sh
job=$(sbatch --parsable killed.sh)
finished() { for _ in $(seq 300); do [ -z "$(squeue -h -j "$1" 2>/dev/null)" ] && return; sleep 1; done; squeue; return 1; }
finished "$job"
# runs_again STUDY SCRIPT TASKS: what is left must be TASKS; they run, then the merge, and the files are a single run's.
runs_again() {
    "$program" shares "$1"
    again=$("$program" shares "$1" --json | sed -n 's/.*"retry" *: *"\([^"]*\)".*/\1/p')
    [ "$again" = "$3" ] || { echo "slurm.sh: expected $3 to be left, found $again" >&2; cat miclip-*.log >&2; exit 1; }
    job=$(sbatch --parsable --array="$again" "$2")
    merge=$(sbatch --parsable --dependency=afterok:"$job" --wrap "$program merge $1")
    finished "$merge"
    "$program" info --study "$1" | head -4
    diff -r whole.study/activations "$1/activations"
}
runs_again array.study extract.sh 3,6

"$program" extract --study steps.study "${layers[@]}" --print-sbatch 2 | sed -e '/^#SBATCH --array/a #SBATCH --ntasks=2' \
    -e 's/^exec /exec srun "$@" /' > steps.sh
sed -e '/^exec /i case $SLURM_ARRAY_TASK_ID in 2) set -- bash -c '\''[ $SLURM_PROCID = 0 ] || set -- timeout --signal=KILL 0.3 "$@"; exec "$@"'\'' -;; *) set --;; esac' \
    steps.sh > killed.sh
job=$(sbatch --parsable killed.sh)
finished "$job"
grep -h "^miclip: share" miclip-"$job"_*.log
runs_again steps.study steps.sh 2
echo "slurm.sh: eight tasks, two killed and run again, and two of two processes each: the files are a single run's, byte for byte"
