import { inside } from "../sandbox/types.ts";

/** Fills the empty worktree with what the stream of {@link packProgram} on stdin holds, of any depth and mode. */
export const unpackProgram = String.raw`use strict;
use warnings;
no warnings 'newline';
use Fcntl qw(O_WRONLY O_CREAT O_EXCL O_NOFOLLOW);
use POSIX ();
use constant { CHUNK => 65536, LONGEST_PATH => 4096 };
umask 0;
binmode STDIN;
my $root = '${inside.worktree}';
my $buffer = '';

sub padding { my ($size) = @_; return (512 - $size % 512) % 512 }

sub take {
    my ($size) = @_;
    while (length $buffer < $size) {
        my $count = sysread(STDIN, $buffer, 1 << 20, length $buffer);
        defined $count or die "read: $!\n";
        $count or die "the archive ends too early\n";
    }
    return substr($buffer, 0, $size, '');
}

sub pax_records {
    my ($text) = @_;
    my %pax;
    while ($text =~ /\G(\d+) ([^=]+)=/gc) {
        my $length = $1 - length($1) - length($2) - 3;
        $pax{$2} = substr($text, pos $text, $length);
        pos($text) += $length + 1;
    }
    return %pax;
}

sub copy_in {
    my ($file, $start, $length, $path) = @_;
    defined sysseek($file, $start, 0) or die "$path: $!\n";
    while ($length > 0) {
        my $part = take($length < CHUNK ? $length : CHUNK);
        for (my $at = 0; $at < length $part;) {
            my $count = syswrite($file, $part, length($part) - $at, $at);
            defined $count or die "$path: $!\n";
            $at += $count;
        }
        $length -= length $part;
    }
}

sub unpack_file {
    my ($leaf, $path, $mode, $size, $mtime, $sparse_size) = @_;
    sysopen(my $file, $leaf, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600) or die "$path: $!\n";
    my @runs = (0, $size);
    if (defined $sparse_size) {
        my $map = '';
        do { $map .= take(512) } until ($map =~ /^(\d+)\n/ && ($map =~ tr/\n//) > 2 * $1);
        (undef, @runs) = split /\n/, $map =~ s/\0+\z//r;
    }
    while (my ($start, $length) = splice @runs, 0, 2) { copy_in($file, $start, $length, $path) }
    take(padding($size));
    if (defined $sparse_size) { truncate $file, $sparse_size or die "$path: $!\n" }
    close $file or die "$path: $!\n";
    utime $mtime, $mtime, $leaf or die "$path: $!\n";
    chmod $mode, $leaf or die "$path: $!\n";
}

sub unpack_all {
    my (@open, @to_close);
    # A folder closed to its owner is closed at the very end: later entries may be links to what is in it.
    my $leave = sub {
        my $path = join '/', $root, map { $_->[0] } @open;
        my ($leaf, $mode, $mtime) = @{pop @open};
        chdir '..' or die "$leaf: $!\n";
        utime $mtime, $mtime, $leaf or die "$leaf: $!\n";
        my $later = ($mode & 0700) != 0700 && length $path < LONGEST_PATH;
        push @to_close, [$path, $mode] if $later;
        chmod $later ? 0700 : $mode, $leaf or die "$leaf: $!\n";
    };
    my %pax;
    while ((my $block = take(512)) =~ /[^\0]/) {
        my ($name, $mode, $size, $mtime, $type, $link) = unpack('Z100 A8 x16 A12 A12 x8 a1 Z100', $block);
        ($mode, $size, $mtime) = map { oct } $mode, $size, $mtime;
        if ($type eq 'x') {
            %pax = pax_records(take($size));
            take(padding($size));
            next;
        }
        my $path = $pax{'GNU.sparse.name'} // $pax{path} // $name;
        my @folders = split m{/}, $path;
        my $leaf = pop @folders;
        die "$path: a bad name\n" if grep { $_ eq '' || $_ eq '.' || $_ eq '..' } @folders, $leaf;
        $leave->() while @open > @folders || grep { $open[$_][0] ne $folders[$_] } 0 .. $#open;
        die "$path: comes before its folder\n" if @open != @folders;
        if ($type eq '5') {
            mkdir $leaf, 0700 or die "$path: $!\n";
            chdir $leaf or die "$path: $!\n";
            push @open, [$leaf, $mode, $mtime];
        }
        elsif ($type eq '1') { link "$root/" . ($pax{linkpath} // $link), $leaf or die "$path: $!\n" }
        elsif ($type eq '2') { symlink $pax{linkpath} // $link, $leaf or die "$path: $!\n" }
        elsif ($type eq '6') { POSIX::mkfifo($leaf, $mode) or die "$path: $!\n" }
        else { unpack_file($leaf, $path, $mode, $pax{size} // $size, $mtime, $pax{'GNU.sparse.realsize'}) }
        %pax = ();
    }
    $leave->() while @open;
    for (@to_close) { chmod $_->[1], $_->[0] or die "$_->[0]: $!\n" }
}

chdir $root or die "$root: $!\n";
unpack_all();
1 while sysread(STDIN, $buffer, 1 << 20);
`;
